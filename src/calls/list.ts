import { and, desc, eq, getTableColumns, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import { amongLookedAt, edgeOfLook, foundByIndex, lookedPage, type Looked } from "./look";
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

/**
 * The organization's calls, newest first, without what was said in them. Time, campaign, operator and quarantine are found
 * by index; the other filters look at `MAX_LOOKED_AT` calls for one page.
 */
export async function listCalls(
  db: Database,
  query: { organizationId: string; filter?: CallFilter; limit: number; after?: CallPosition },
): Promise<Looked<CallHead>> {
  const { organizationId, limit, after } = query;
  const { state, direction, number, quarantined, ...found } = query.filter ?? {};
  const range = foundByIndex({ ...found, organizationId, waiting: quarantined === true, after });
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
  if (!matching) return { rows: await rows(range), lookedTo: null };
  const [page, [edge]] = await db.batch([rows(and(amongLookedAt(range), matching)), edgeOfLook(db, range)]);
  return lookedPage(page, limit, edge);
}

function hasNumber(number: string): SQL | undefined {
  return or(eq(calls.fromRaw, number), eq(calls.fromE164, number), eq(calls.toRaw, number), eq(calls.toE164, number));
}
