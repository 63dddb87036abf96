import { and, asc, count, eq, min, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";

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
  /** When the oldest of these calls began, in milliseconds. */
  oldestAt: number | null;
};

/** The organization's calls in quarantine, the largest groups first. */
export async function groupWaiting(
  db: Database,
  query: { organizationId: string; limit: number },
): Promise<WaitingGroup[]> {
  const { sourceId, sourceKind, quarantine, campaignNumber, account } = calls;
  return db
    .select({
      sourceId,
      sourceKind,
      reason: quarantine,
      campaignNumber,
      account,
      calls: count(),
      oldestAt: min(calls.startedAt),
    })
    .from(calls)
    .where(isWaiting(query.organizationId, {}))
    .groupBy(sourceId, sourceKind, quarantine, campaignNumber, account)
    .orderBy(sql`count(*) DESC`, sourceId, quarantine, campaignNumber, account)
    .limit(query.limit);
}

/** The ids of matching calls in quarantine, the oldest first, and how many match in all. */
export async function pickWaiting(
  db: Database,
  query: { organizationId: string; filter: WaitingFilter; limit: number },
): Promise<{ ids: string[]; matched: number }> {
  const where = isWaiting(query.organizationId, query.filter);
  const [picked, [counted]] = await Promise.all([
    db
      .select({ id: calls.id })
      .from(calls)
      .where(where)
      .orderBy(asc(calls.startedAt), asc(calls.id))
      .limit(query.limit),
    db.select({ matched: count() }).from(calls).where(where),
  ]);
  return { ids: picked.map((row) => row.id), matched: counted?.matched ?? 0 };
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
    callIds && sql`${calls.id} IN (SELECT value FROM json_each(${JSON.stringify(callIds)}))`,
  );
}
