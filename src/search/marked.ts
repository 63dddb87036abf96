import { and, eq, lte, sql, type SQL } from "drizzle-orm";
import type { CallRow } from "../calls";
import type { Database } from "../db/client";
import { analyses, calls, searchMarks } from "../db/schema";

/**
 * A call to be indexed; `call` is null for one that is there no more. `stamp` grows with each version of the call and
 * each completed analysis.
 */
export type Marked = { callId: string; stamp: number; call: CallRow | null };

/** What was read, and the calls that were left for another time, because the text before them was so long. */
export type MarkedPage = { marked: Marked[]; left: string[] };

/** Calls read at once. */
export const AT_ONCE = 100;

/** Characters of conversations that are in memory at once. One may have a million. */
const MOST_READ = 8_000_000;

/** A thousand analyses of one call never are. */
const STAMPS = 1_000;

const GONE = -1;

const STAMP = sql<number>`(${calls.version} * ${STAMPS} + (SELECT count(*) FROM ${analyses}
  WHERE ${analyses.callId} = ${calls.id} AND ${eq(analyses.state, "completed")}))`;

/** These calls, a hundred at most. */
export function readCalls(db: Database, ids: readonly string[]): Promise<MarkedPage> {
  return readPage(db, sql`SELECT DISTINCT value AS call_id FROM json_each(${JSON.stringify(ids)})`);
}

/** Marked calls, from any place among them on, and round to their beginning. */
export function readMarked(db: Database, from: string): Promise<MarkedPage> {
  const part = (comparison: SQL) => sql`SELECT call_id FROM (SELECT call_id FROM ${searchMarks}
    WHERE call_id ${comparison} ${from} ORDER BY call_id LIMIT ${AT_ONCE})`;
  return readPage(db, sql`${part(sql`>`)} UNION ALL ${part(sql`<=`)} LIMIT ${AT_ONCE}`);
}

/** Calls in the order of their ids. */
export function readFrom(db: Database, cursor: string): Promise<MarkedPage> {
  return readPage(
    db,
    sql`SELECT id AS call_id FROM ${calls} WHERE ${calls.id} > ${cursor} ORDER BY ${calls.id} LIMIT ${AT_ONCE}`,
  );
}

async function readPage(db: Database, which: SQL): Promise<MarkedPage> {
  const size = sql`coalesce(length(${calls.conversation}), 0)`;
  const listed = db
    .select({
      callId: sql<string>`which.call_id`.as("listed_id"),
      isThere: sql<number>`${calls.id} IS NOT NULL`.as("is_there"),
      before: sql<number>`sum(${size}) OVER (ORDER BY which.call_id ROWS UNBOUNDED PRECEDING) - ${size}`.as(
        "size_before",
      ),
    })
    .from(sql`(${which}) AS which`)
    .leftJoin(calls, sql`${calls.id} = which.call_id`)
    .as("listed");
  const rows = await db
    .select({ callId: listed.callId, isThere: listed.isThere, call: calls, stamp: STAMP })
    .from(listed)
    .leftJoin(calls, and(eq(calls.id, listed.callId), lte(listed.before, MOST_READ)))
    .orderBy(sql`${listed.callId}`);
  const isRead = ({ call, isThere }: (typeof rows)[number]) => call !== null || isThere === 0;
  const marked = rows
    .filter(isRead)
    .map(({ callId, call, stamp }) => ({ callId, call, stamp: call === null ? GONE : stamp }));
  return { marked, left: rows.filter((row) => !isRead(row)).map(({ callId }) => callId) };
}

/** Marks calls that are to be indexed. */
export async function addMarks(db: Database, callIds: readonly string[]): Promise<void> {
  await db.run(sql`INSERT INTO ${searchMarks} (call_id) SELECT value FROM json_each(${JSON.stringify(callIds)})
    WHERE TRUE ON CONFLICT DO NOTHING`);
}

/** A call that changed again meanwhile keeps its mark. */
export async function removeMarks(db: Database, marked: readonly Marked[]): Promise<void> {
  if (marked.length === 0) return;
  const seen = JSON.stringify(marked.map(({ callId, stamp }) => [callId, stamp]));
  await db.run(sql`DELETE FROM ${searchMarks} WHERE call_id IN (SELECT seen.value ->> 0 FROM json_each(${seen}) AS seen
    LEFT JOIN ${calls} ON ${calls.id} = seen.value ->> 0
    WHERE iif(${calls.id} IS NULL, ${GONE}, ${STAMP}) = seen.value ->> 1)`);
}
