import { and, desc, eq, gte, lt, not, sql } from "drizzle-orm";
import { taskIdIn } from "../calls";
import type { Database } from "../db/client";
import { reviews, tasks } from "../db/schema";
import {
  hasFound,
  isHiddenFrom,
  reviewOf,
  reviewsWithin,
  type Reader,
  type ReviewFinding,
  type ReviewRow,
} from "../quality";
import { DAY } from "../lib/time";
import type { ReportQuery } from "./read";

export type BehindPosition = { completedAt: number; id: string };

/** The reviews that are looked at for one page. */
const MAX_SCANNED = 2_000;

/** A page of reviews; `scannedTo` is the last one looked at where that ended before the page was full. */
export type BehindPage = { rows: ReviewRow[]; scannedTo: BehindPosition | null };

/**
 * The reviews that a number of a report counts, those completed last first, but for those that somebody must not know yet.
 * `found`: of the reviews those of which this holds.
 */
export async function reviewsBehind(
  db: Database,
  reader: Reader,
  query: ReportQuery & { limit: number; after?: BehindPosition | undefined; found?: ReviewFinding },
): Promise<BehindPage> {
  const { organizationId, reach, from, until, limit, after, filter = {}, found = {} } = query;
  const { campaignId, operatorId, teamId, reviewerId, scorecardId } = filter;
  const range = and(
    eq(reviews.organizationId, organizationId),
    // In the words of the partial index.
    sql`state = 'completed'`,
    gte(reviews.completedAt, from * DAY),
    lt(reviews.completedAt, until * DAY),
    after && sql`(${reviews.completedAt}, ${reviews.id}) < (${after.completedAt}, ${after.id})`,
  );
  const task = sql`FROM ${tasks} WHERE ${tasks.id} = ${taskIdIn(reviews.callId)}`;
  const matching = and(
    reviewsWithin(reach),
    not(isHiddenFrom(reader)),
    campaignId === undefined ? undefined : sql`coalesce(${reviews.campaignId}, '') = ${campaignId}`,
    operatorId === undefined ? undefined : sql`coalesce(${reviews.operatorId}, '') = ${operatorId}`,
    reviewerId === undefined ? undefined : eq(reviews.reviewerId, reviewerId),
    scorecardId === undefined ? undefined : eq(reviews.scorecardId, scorecardId),
    teamId === undefined ? undefined : sql`coalesce((SELECT ${tasks.teamId} ${task}), '') = ${teamId}`,
    // What one of several found counts once all of them have (count-day.ts).
    found.failed === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 ${task} AND ${tasks.wanted} > 1 AND ${tasks.state} = 'open')`,
    hasFound(reader, found),
  );
  const looked = sql`SELECT ${reviews.id} FROM ${reviews} INDEXED BY reviews_completed WHERE ${range}
    ORDER BY ${reviews.completedAt} DESC, ${reviews.id} DESC`;
  const [rows, [end]] = await db.batch([
    db
      .select()
      .from(reviews)
      .where(
        and(
          eq(reviews.organizationId, organizationId),
          sql`${reviews.id} IN (${looked} LIMIT ${MAX_SCANNED})`,
          matching,
        ),
      )
      .orderBy(desc(reviews.completedAt), desc(reviews.id))
      .limit(limit),
    db
      .select({ completedAt: reviews.completedAt, id: reviews.id })
      .from(reviews)
      .where(
        and(
          eq(reviews.organizationId, organizationId),
          sql`${reviews.id} = (${looked} LIMIT 1 OFFSET ${MAX_SCANNED - 1})`,
        ),
      ),
  ]);
  const scannedTo = rows.length < limit && end ? { completedAt: end.completedAt ?? 0, id: end.id } : null;
  return { rows: rows.map(reviewOf), scannedTo };
}
