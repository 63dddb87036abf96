import { and, desc, eq, gte, lt, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import type { CallPosition } from "./list";

// Lists of calls, and of records of calls, go through the organization's calls, newest first. With filters that have an
// index (time, campaign, operator, quarantine) a page reads only what it shows. Every other filter scans the calls, a
// limited number per page, so a page can be short or even empty and still not be the last.

/**
 * The number of calls scanned for one page. Each is a row that D1 bills, and takes some microseconds of its one thread.
 */
export const MAX_SCANNED_CALLS = 2_000;

/** The filters that have an index on calls. Times in milliseconds; `from` is included, `to` is not. */
export type IndexedFilter = {
  organizationId: string;
  campaignId?: string;
  operatorId?: string;
  waiting?: boolean;
  from?: number;
  to?: number;
  after?: CallPosition;
};

/**
 * A page of rows. `scannedTo` is the last call scanned where the scan ended before the page was full; null otherwise.
 */
export type ScannedPage<Row> = { rows: Row[]; scannedTo: CallPosition | null };

/** SQL that is true for the calls that the indexed filters select. */
export function byIndex({ organizationId, campaignId, operatorId, waiting, from, to, after }: IndexedFilter): SQL {
  const conditions = and(
    eq(calls.organizationId, organizationId),
    // The conditions of partial indexes are literals: SQLite uses such an index only where the query contains its
    // condition.
    campaignId === undefined ? undefined : sql`${calls.campaignId} IS NOT NULL AND ${calls.campaignId} = ${campaignId}`,
    operatorId === undefined ? undefined : sql`${calls.operatorId} IS NOT NULL AND ${calls.operatorId} = ${operatorId}`,
    waiting ? sql`${calls.quarantine} IS NOT NULL` : undefined,
    from === undefined ? undefined : gte(calls.startedAt, from),
    to === undefined ? undefined : lt(calls.startedAt, to),
    after && sql`(${calls.startedAt}, ${calls.id}) <= (${after.startedAt}, ${after.id})`,
  );
  return conditions ?? sql`true`;
}

/**
 * SQL that is true for the first calls in range, as many as one page scans. Selected by id, so that nothing else is
 * read.
 */
export function amongScanned(range: SQL): SQL {
  return sql`${calls.id} IN (SELECT id FROM ${calls} WHERE ${range} ORDER BY started_at DESC, id DESC LIMIT ${MAX_SCANNED_CALLS})`;
}

/** The last call of a complete scan; no row where the range ends before. */
export function endOfScan(db: Database, range: SQL) {
  return db
    .select({ startedAt: calls.startedAt, id: calls.id })
    .from(calls)
    .where(range)
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(1)
    .offset(MAX_SCANNED_CALLS - 1);
}

/** `rows` were read with one more than `limit`, to know whether more follow. */
export function scannedPage<Row>(rows: Row[], limit: number, end: CallPosition | undefined): ScannedPage<Row> {
  return { rows, scannedTo: rows.length < limit && end ? end : null };
}
