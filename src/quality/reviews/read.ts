import { and, eq, gte, inArray, lt, not, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { comesAfter, inOrder, type Order } from "../../db/order";
import { reviews } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { isLimited, type Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { isHiddenFrom } from "../consensus/blind";
import { hasFound, type ReviewFinding } from "./findings";
import { reviewOf, reviewsWithin, withheld, type ReadReview, type ReviewRow, type ReviewState } from "./rows";

/** Who reads: by their own id they see all of their reviews; `seesAll` sees those of others before they are finished. */
export type Viewer = { id: string; seesAll: boolean };

export type ReviewFilter = ReviewFinding & {
  state?: ReviewState;
  reviewerId?: string;
  campaignId?: string;
  operatorId?: string;
  callId?: string;
  passed?: boolean;
  /** When it was given to its reviewer, in milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
};

/** The position of a page: after this review. Ids sort by when reviews were given to their reviewers. */
export type ReviewPosition = { id: string };

/** The reviews scanned for one page where no index has the filter. */
const MAX_SCANNED = 2_000;

/** A page of reviews; `scannedTo` is the last one scanned where the scan ended before the page was full. */
export type ReviewPage = { rows: ReadReview[]; scannedTo: { id: string; assignedAt: number } | null };

/**
 * The reviews of an organization within a reach that somebody may see, the newest first where no order is given. Those of
 * a reviewer, of a call, and finished ones of an operator are found by index.
 */
export async function listReviews(
  db: Database,
  viewer: Viewer,
  query: Within & { filter?: ReviewFilter; limit: number; after?: ReviewPosition; order?: Order },
): Promise<ReviewPage> {
  const { organizationId, reach, limit, after, order = "descending" } = query;
  const { state, reviewerId, campaignId, operatorId, callId, passed, from: since, to: until } = query.filter ?? {};
  const isOfOperator = operatorId !== undefined && state === "completed" && !reviewerId && !callId;
  // The literal is that of the partial index, which SQLite takes only where it is told to.
  const ofOperator = isOfOperator ? and(eq(reviews.operatorId, operatorId), sql`state = 'completed'`) : undefined;
  const from = sql`${reviews}${isOfOperator ? sql` INDEXED BY reviews_of_operator` : sql``}`;
  const range = and(
    eq(reviews.organizationId, organizationId),
    callId === undefined ? undefined : eq(reviews.callId, callId),
    reviewerId === undefined ? undefined : eq(reviews.reviewerId, reviewerId),
    ofOperator,
    after && sql`${reviews.id} ${comesAfter(order)} ${after.id}`,
  );
  const matching = and(
    state && eq(reviews.state, state),
    campaignId === undefined ? undefined : eq(reviews.campaignId, campaignId),
    operatorId === undefined ? undefined : eq(reviews.operatorId, operatorId),
    passed === undefined ? undefined : and(eq(reviews.passed, passed), not(isHiddenFrom(viewer))),
    since === undefined ? undefined : gte(reviews.assignedAt, since),
    until === undefined ? undefined : lt(reviews.assignedAt, until),
    hasFound(viewer, query.filter ?? {}),
    isLimited(reach) ? reviewsWithin(reach) : undefined,
    isSeenBy(viewer),
  );
  const inTheirOrder = sql`SELECT id FROM ${from} WHERE ${range} ORDER BY ${inOrder(reviews.id, order)}`;
  const scanned = matching ? MAX_SCANNED : limit;
  const among = sql`${reviews.id} IN (${inTheirOrder} LIMIT ${scanned})`;
  const [rows, [end]] = await db.batch([
    db
      .select({ review: reviews, isHidden: isHiddenFrom(viewer) })
      .from(reviews)
      .where(and(eq(reviews.organizationId, organizationId), among, matching))
      .orderBy(inOrder(reviews.id, order))
      .limit(limit),
    db
      .select({ id: reviews.id, assignedAt: reviews.assignedAt })
      .from(reviews)
      .where(
        and(
          eq(reviews.organizationId, organizationId),
          sql`${reviews.id} = (${inTheirOrder} LIMIT 1 OFFSET ${MAX_SCANNED - 1})`,
        ),
      ),
  ]);
  return { rows: rows.map(seen), scannedTo: rows.length < limit && end ? end : null };
}

/** One review of the organization that somebody may see. */
export async function readReview(
  db: Database,
  viewer: Viewer,
  { organizationId, id, reach }: Within & { id: string },
): Promise<Result<ReadReview, DomainError>> {
  const row = await db
    .select({ review: reviews, isHidden: isHiddenFrom(viewer) })
    .from(reviews)
    .where(and(named(organizationId, id), reviewsWithin(reach), isSeenBy(viewer)))
    .get();
  return row ? ok(seen(row)) : err(notFound("review"));
}

/** What a review answers, as it is stored: for what is written, not for who asks. */
export async function readAnswers(
  db: Database,
  { organizationId, id }: Pick<ReadReview, "organizationId" | "id">,
): Promise<ReviewRow["answers"]> {
  const row = await db.select().from(reviews).where(named(organizationId, id)).get();
  return row ? reviewOf(row).answers : null;
}

function seen({ review, isHidden }: { review: typeof reviews.$inferSelect; isHidden: boolean }): ReadReview {
  return isHidden ? withheld(reviewOf(review)) : reviewOf(review);
}

/** SQL that is true for one review. */
export function named(organizationId: string, id: string): SQL | undefined {
  return and(eq(reviews.organizationId, organizationId), eq(reviews.id, id));
}

/** Others see what is finished; before that only its reviewer does, and who chooses the reviewers. */
function isSeenBy(viewer: Viewer): SQL | undefined {
  if (viewer.seesAll) return undefined;
  const isFinished = inArray(reviews.state, ["completed", "returned"]);
  return sql`(${eq(reviews.reviewerId, viewer.id)} OR (${isFinished} AND NOT ${isHiddenFrom(viewer)}))`;
}
