import { and, asc, count, eq, min, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { calls } from "../db/schema";
import { isLimited, type Within } from "../identity";

/** Why a call waits that a person moved back to where calls wait. */
export const MOVED_BACK = "moved_back";

/** Why calls wait for a campaign. */
export const WAITING_REASONS = ["unknown_campaign", "no_campaign", "campaign_not_allowed", MOVED_BACK] as const;

/** Selects calls in quarantine. A filter that is left out matches everything. */
export type WaitingFilter = {
  sourceId?: string;
  reason?: string;
  /** The campaign number from the platform; null for calls without one. */
  campaignNumber?: number | null;
  account?: string | null;
  callIds?: readonly string[];
};

/** Calls in quarantine for the same reason, which usually belong in the same campaign. */
export type WaitingGroup = {
  sourceId: string;
  sourceKind: string;
  reason: string | null;
  campaignNumber: number | null;
  account: string | null;
  calls: number;
  /** Whether there are more calls than that. */
  more: boolean;
  /** When the oldest of these calls began, in milliseconds. */
  oldestAt: number | null;
};

/** Counts are exact up to this; beyond it they say that there are more. */
const EXACT = 1_000;
/** The calls that are grouped: the oldest. What waits behind them is seen once these are placed. */
export const MOST_GROUPED = 10_000;

// A call in quarantine has no campaign yet, so it is within no limited reach.

/**
 * The organization's calls in quarantine, the largest groups first. `more`: there are other, smaller groups, or more
 * calls than are grouped.
 */
export async function groupWaiting(
  db: Database,
  query: Within & { limit: number },
): Promise<{ groups: WaitingGroup[]; more: boolean }> {
  if (isLimited(query.reach)) return { groups: [], more: false };
  const { sourceId, sourceKind, quarantine, campaignNumber, account, startedAt } = calls;
  const waiting = db
    .select({ sourceId, sourceKind, quarantine, campaignNumber, account, startedAt })
    .from(calls)
    .where(isWaiting(query.organizationId, {}))
    .orderBy(asc(startedAt), asc(calls.id))
    .limit(MOST_GROUPED)
    .as("waiting");
  const by = [waiting.sourceId, waiting.sourceKind, waiting.quarantine, waiting.campaignNumber, waiting.account];
  const rows = await db
    .select({
      sourceId: waiting.sourceId,
      sourceKind: waiting.sourceKind,
      reason: waiting.quarantine,
      campaignNumber: waiting.campaignNumber,
      account: waiting.account,
      calls: count(),
      oldestAt: min(waiting.startedAt),
    })
    .from(waiting)
    .groupBy(...by)
    .orderBy(sql`count(*) DESC`, waiting.sourceId, waiting.quarantine, waiting.campaignNumber, waiting.account)
    .limit(query.limit + 1);
  const grouped = rows.reduce((sum, row) => sum + row.calls, 0);
  return {
    groups: rows
      .slice(0, query.limit)
      .map((row) => ({ ...row, calls: Math.min(row.calls, EXACT), more: row.calls > EXACT })),
    more: rows.length > query.limit || grouped >= MOST_GROUPED,
  };
}

/** The ids of matching calls in quarantine, the oldest first, and how many match: `more` than that where it is true. */
export async function pickWaiting(
  db: Database,
  query: Within & { filter: WaitingFilter; limit: number },
): Promise<{ ids: string[]; matched: number; more: boolean }> {
  if (isLimited(query.reach)) return { ids: [], matched: 0, more: false };
  const rows = await db
    .select({ id: calls.id })
    .from(calls)
    .where(isWaiting(query.organizationId, query.filter))
    .orderBy(asc(calls.startedAt), asc(calls.id))
    .limit(EXACT + 1);
  const ids = rows.slice(0, Math.min(query.limit, EXACT)).map((row) => row.id);
  return { ids, matched: Math.min(rows.length, EXACT), more: rows.length > EXACT };
}

function isWaiting(organizationId: string, filter: WaitingFilter): SQL | undefined {
  const { sourceId, reason, campaignNumber, account, callIds } = filter;
  return and(
    eq(calls.organizationId, organizationId),
    sql`${calls.quarantine} IS NOT NULL`,
    sourceId === undefined ? undefined : eq(calls.sourceId, sourceId),
    reason === undefined ? undefined : eq(calls.quarantine, reason),
    campaignNumber === undefined ? undefined : sql`${calls.campaignNumber} IS ${campaignNumber}`,
    account === undefined ? undefined : sql`${calls.account} IS ${account}`,
    callIds && sql`${calls.id} IN ${valueList(callIds)}`,
  );
}
