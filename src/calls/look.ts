import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import type { CallPosition } from "./list";

// Lists of calls, and of what hangs on calls, go through the calls of an organization, newest first. What an index finds
// (time, campaign, operator, quarantine) costs what is shown. Every other filter looks at call after call: at so many for
// one page, which can then be short, even empty, and still go on.

/** Calls looked at for one page: each is a row D1 bills and a few microseconds of its one thread. */
export const MAX_LOOKED_AT = 2_000;

/** What an index of calls finds. Times in milliseconds; `from` is included, `to` is not. */
export type FoundByIndex = {
  organizationId: string;
  campaignId?: string;
  operatorId?: string;
  waiting?: boolean;
  from?: number;
  to?: number;
  after?: CallPosition;
};

/** A page of rows. `lookedTo` is the last call looked at where the look ended before enough was found; null otherwise. */
export type Looked<Row> = { rows: Row[]; lookedTo: CallPosition | null };

/** SQL that holds for the calls an index finds. */
export function foundByIndex({ organizationId, campaignId, operatorId, waiting, from, to, after }: FoundByIndex): SQL {
  const conditions = and(
    eq(calls.organizationId, organizationId),
    // The conditions of partial indexes are written out: SQLite uses one only for a condition it can see.
    campaignId === undefined ? undefined : sql`${calls.campaignId} IS NOT NULL AND ${calls.campaignId} = ${campaignId}`,
    operatorId === undefined ? undefined : sql`${calls.operatorId} IS NOT NULL AND ${calls.operatorId} = ${operatorId}`,
    waiting ? sql`${calls.quarantine} IS NOT NULL` : undefined,
    from === undefined ? undefined : gte(calls.startedAt, from),
    to === undefined ? undefined : lt(calls.startedAt, to),
    after && sql`(${calls.startedAt}, ${calls.id}) <= (${after.startedAt}, ${after.id})`,
  );
  return conditions ?? sql`true`;
}

/** SQL that holds for the first calls in range, as many as are looked at. By their ids, so that nothing else is read. */
export function amongLookedAt(range: SQL): SQL {
  return sql`${calls.id} IN (SELECT id FROM ${calls} WHERE ${range} ORDER BY started_at DESC, id DESC LIMIT ${MAX_LOOKED_AT})`;
}

/** The last call of a full look; no row where the range ends before. */
export function edgeOfLook(db: Database, range: SQL) {
  return db
    .select({ startedAt: calls.startedAt, id: calls.id })
    .from(calls)
    .where(range)
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(1)
    .offset(MAX_LOOKED_AT - 1);
}

/** `rows` were read with one more than `limit`, so that it is known whether more follow. */
export function lookedPage<Row>(rows: Row[], limit: number, edge: CallPosition | undefined): Looked<Row> {
  return { rows, lookedTo: rows.length < limit && edge ? edge : null };
}
