import { and, desc, eq, gte, lt, not, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { reviews, tasks } from "../db/schema";
import { isHiddenFrom, reviewOf, reviewsWithin, type Reader, type ReviewRow } from "../quality";
import { DAY } from "../lib/time";
import type { ReportQuery } from "./read";

export type BehindPosition = { completedAt: number; id: string };

/** The reviews that a report counts, those completed last first, but for those that somebody must not know yet. */
export async function reviewsBehind(
  db: Database,
  reader: Reader,
  query: ReportQuery & { limit: number; after?: BehindPosition | undefined },
): Promise<ReviewRow[]> {
  const { organizationId, reach, from, until, limit, after, filter = {} } = query;
  const { campaignId, operatorId, teamId, reviewerId, scorecardId } = filter;
  const rows = await db
    .select()
    .from(reviews)
    .where(
      and(
        eq(reviews.organizationId, organizationId),
        // In the words of the partial index.
        sql`state = 'completed'`,
        gte(reviews.completedAt, from * DAY),
        lt(reviews.completedAt, until * DAY),
        reviewsWithin(reach),
        not(isHiddenFrom(reader)),
        campaignId === undefined ? undefined : sql`coalesce(${reviews.campaignId}, '') = ${campaignId}`,
        operatorId === undefined ? undefined : sql`coalesce(${reviews.operatorId}, '') = ${operatorId}`,
        reviewerId === undefined ? undefined : eq(reviews.reviewerId, reviewerId),
        scorecardId === undefined ? undefined : eq(reviews.scorecardId, scorecardId),
        teamId === undefined
          ? undefined
          : sql`coalesce((SELECT ${tasks.teamId} FROM ${tasks}
              WHERE ${tasks.id} = 'task_' || substr(${reviews.callId}, 6)), '') = ${teamId}`,
        after && sql`(${reviews.completedAt}, ${reviews.id}) < (${after.completedAt}, ${after.id})`,
      ),
    )
    .orderBy(desc(reviews.completedAt), desc(reviews.id))
    .limit(limit);
  return rows.map(reviewOf);
}
