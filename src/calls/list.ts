import { and, desc, eq, getTableColumns, gte, isNotNull, isNull, lt, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import type { CallHead, CallRow } from "./snapshot";

export type CallFilter = {
  state?: CallRow["state"];
  campaignId?: string;
  operatorId?: string;
  direction?: NonNullable<CallRow["direction"]>;
  /** Whether the call waits for a decision. */
  quarantined?: boolean;
  /** Milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
  /** Either party, exactly as the platform wrote it or in E.164. */
  number?: string;
};

/** Where a list goes on: after the call that began at this moment and has this id. */
export type CallPosition = { startedAt: number; id: string };

const { conversation: _, ...headColumns } = getTableColumns(calls);

/** The organization's calls, newest first, without what was said in them. */
export async function listCalls(
  db: Database,
  query: { organizationId: string; filter?: CallFilter; limit: number; after?: CallPosition },
): Promise<CallHead[]> {
  const filter = query.filter ?? {};
  return db
    .select(headColumns)
    .from(calls)
    .where(
      and(
        eq(calls.organizationId, query.organizationId),
        filter.from === undefined ? undefined : gte(calls.startedAt, filter.from),
        filter.to === undefined ? undefined : lt(calls.startedAt, filter.to),
        filter.state && eq(calls.state, filter.state),
        filter.campaignId === undefined ? undefined : eq(calls.campaignId, filter.campaignId),
        filter.operatorId === undefined ? undefined : eq(calls.operatorId, filter.operatorId),
        filter.direction && eq(calls.direction, filter.direction),
        quarantinedIs(filter.quarantined),
        filter.number === undefined ? undefined : hasNumber(filter.number),
        query.after && sql`(${calls.startedAt}, ${calls.id}) < (${query.after.startedAt}, ${query.after.id})`,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(query.limit);
}

function quarantinedIs(quarantined: boolean | undefined): SQL | undefined {
  if (quarantined === undefined) return undefined;
  return quarantined ? isNotNull(calls.quarantine) : isNull(calls.quarantine);
}

function hasNumber(number: string): SQL | undefined {
  return or(eq(calls.fromRaw, number), eq(calls.fromE164, number), eq(calls.toRaw, number), eq(calls.toE164, number));
}
