import { and, desc, eq, getTableColumns, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import { amongScanned, endOfScan, byIndex, scannedPage, type ScannedPage } from "./scan";
import type { CallHead, CallRow } from "./snapshot";

export type CallFilter = {
  state?: CallRow["state"];
  campaignId?: string;
  operatorId?: string;
  direction?: NonNullable<CallRow["direction"]>;
  /** Whether the call is in quarantine. */
  quarantined?: boolean;
  /** Milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
  /** Either party, exactly as the platform wrote it or in E.164. */
  number?: string;
};

/** The position of a page: after the call that began at this time and has this id. */
export type CallPosition = { startedAt: number; id: string };

const { conversation: _, ...headColumns } = getTableColumns(calls);

/**
 * The organization's calls, newest first, without their conversations. Time, campaign, operator and quarantine are
 * found by index; the other filters scan `MAX_SCANNED_CALLS` calls per page.
 */
export async function listCalls(
  db: Database,
  query: { organizationId: string; filter?: CallFilter; limit: number; after?: CallPosition },
): Promise<ScannedPage<CallHead>> {
  const { organizationId, limit, after } = query;
  const { state, direction, number, quarantined, ...found } = query.filter ?? {};
  const range = byIndex({ ...found, organizationId, waiting: quarantined === true, after });
  const matching = and(
    state && eq(calls.state, state),
    direction && eq(calls.direction, direction),
    quarantined === false ? isNull(calls.quarantine) : undefined,
    number === undefined ? undefined : hasNumber(number),
  );
  const rows = (where: SQL | undefined) =>
    db
      .select(headColumns)
      .from(calls)
      .where(and(where, after && sql`(${calls.startedAt}, ${calls.id}) < (${after.startedAt}, ${after.id})`))
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(limit);
  if (!matching) return { rows: await rows(range), scannedTo: null };
  const [page, [end]] = await db.batch([rows(and(amongScanned(range), matching)), endOfScan(db, range)]);
  return scannedPage(page, limit, end);
}

function hasNumber(number: string): SQL | undefined {
  return or(eq(calls.fromRaw, number), eq(calls.fromE164, number), eq(calls.toRaw, number), eq(calls.toE164, number));
}
