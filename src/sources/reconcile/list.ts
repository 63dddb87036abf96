import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { reconciliations } from "../../db/schema";
import type { ReconciliationRow } from "./reconciliation";

/** Where a list goes on: after the comparison with this id. */
export type ReconciliationPosition = { id: string };

/** Calls the platform listed and, of these, those that were missing here. */
export type LossCount = { listed: number; missing: number };

/** A source's comparisons, newest first. */
export async function listReconciliations(
  db: Database,
  query: { organizationId: string; sourceId: string; limit: number; after?: ReconciliationPosition },
): Promise<ReconciliationRow[]> {
  return db
    .select()
    .from(reconciliations)
    .where(
      and(
        eq(reconciliations.organizationId, query.organizationId),
        eq(reconciliations.sourceId, query.sourceId),
        query.after && lt(reconciliations.id, query.after.id),
      ),
    )
    .orderBy(desc(reconciliations.id))
    .limit(query.limit);
}

/**
 * What the comparisons made since a moment found together. What a failed one listed is listed again by the one after
 * it; what it found missing is not missing any more.
 */
export async function countLoss(
  db: Database,
  query: { organizationId: string; sourceId: string; since: number },
): Promise<LossCount> {
  const row = await db
    .select({
      listed: sql<number>`coalesce(sum(iif(${reconciliations.state} = 'failed', ${reconciliations.missing}, ${reconciliations.listed})), 0)`,
      missing: sql<number>`coalesce(sum(${reconciliations.missing}), 0)`,
    })
    .from(reconciliations)
    .where(
      and(
        eq(reconciliations.organizationId, query.organizationId),
        eq(reconciliations.sourceId, query.sourceId),
        gte(reconciliations.createdAt, query.since),
      ),
    )
    .get();
  return row ?? { listed: 0, missing: 0 };
}

/** The share of a platform's calls that never reached us; null while it listed none. */
export function lossRate({ listed, missing }: LossCount): number | null {
  return listed === 0 ? null : missing / listed;
}
