import { and, asc, eq, sql } from "drizzle-orm";
import { callIdOfTask, ofCallWithin } from "../../calls";
import type { Database } from "../../db/client";
import { campaigns, consensuses, reviews, tasks } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { isJudged } from "../scorecards/is-judged";
import { reviewOf, withheld, type ReadReview } from "../reviews/rows";
import type { TaskRow } from "../tasks";
import { isBlindFor, isHiddenFrom, isToDecide, type Reader } from "./blind";
import type { ConsensusRow } from "./rows";

/** What several reviewers of a call came to, as far as somebody may know it. */
export type Opinions = {
  task: TaskRow;
  /** Null before the first review, and where one is enough. */
  consensus: ConsensusRow | null;
  /** Those that are completed; what they found may be kept back. */
  reviews: ReadReview[];
  isWithheld: boolean;
  /** A published scorecard is for its campaign, which is not archived: it can be reviewed. */
  isJudged: boolean;
  /** They are apart, and it is open for nobody else: somebody has to decide. */
  isToDecide: boolean;
};

/** What the reviewers of the call of a task came to: one round trip. */
export async function readOpinions(
  db: Database,
  reader: Reader,
  target: Within & { id: string },
): Promise<Result<Opinions, DomainError>> {
  const { organizationId, id } = target;
  const callId = callIdOfTask(id);
  const waits = isToDecide(sql`${tasks.organizationId}`, sql`${tasks.callId}`);
  const [[found], [consensus], done] = await db.batch([
    db
      .select({
        task: tasks,
        isWithheld: sql<boolean>`${isBlindFor(reader, sql`${tasks.callId}`)}`.mapWith(Boolean),
        isToDecide: sql<boolean>`(${tasks.state} = 'open' AND ${waits})`.mapWith(Boolean),
        isJudged: sql<boolean>`EXISTS (SELECT 1 FROM ${campaigns} AS line WHERE line.id = ${tasks.campaignId}
          AND line.archived_at IS NULL) AND ${isJudged(sql`${tasks.organizationId}`, sql`${tasks.campaignId}`)}`.mapWith(
          Boolean,
        ),
      })
      .from(tasks)
      .where(
        and(
          eq(tasks.organizationId, organizationId),
          eq(tasks.id, id),
          ofCallWithin(sql`${tasks.callId}`, target.reach),
        ),
      ),
    db
      .select()
      .from(consensuses)
      .where(and(eq(consensuses.organizationId, organizationId), eq(consensuses.callId, callId))),
    db
      .select({ review: reviews, isHidden: isHiddenFrom(reader) })
      .from(reviews)
      .where(
        and(eq(reviews.organizationId, organizationId), eq(reviews.callId, callId), eq(reviews.state, "completed")),
      )
      .orderBy(asc(reviews.completedAt), asc(reviews.id)),
  ]);
  if (!found) return err(notFound("task"));
  return ok({
    ...found,
    consensus: consensus ?? null,
    reviews: done.map(({ review, isHidden }) => (isHidden ? withheld(reviewOf(review)) : reviewOf(review))),
  });
}
