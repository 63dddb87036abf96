import { reconciliations } from "../../db/schema";
import { HOUR, MINUTE, DAY } from "../../lib/time";
import { and, eq, gte, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";

export type ReconciliationRow = typeof reconciliations.$inferSelect;

/** How often a platform's list is compared with ours. */
export const EVERY = HOUR;

/** A call that ended a moment ago may still be on its way here: only calls that began before this are looked for. */
export const SETTLING = 30 * MINUTE;

/**
 * How far before its span a comparison looks again: a call still going on at the last one has ended by now, if it was
 * no longer than the finalizer gives any call. Of these calls only the missing ones are counted, the others were
 * before.
 */
export const OVERLAP = 4 * HOUR;

/** Where a list goes on: after the comparison with this id. */
export type ReconciliationPosition = { id: string };

/** Calls the platform listed and, of these, those that were missing here. */
export type LossCount = { listed: number; missing: number };

/** A source's comparisons, newest first. */
export async function listReconciliations(
  db: Database,
  query: { organizationId: string; sourceId: string; limit: number; after?: ReconciliationPosition; order?: Order },
): Promise<ReconciliationRow[]> {
  const { order = "descending" } = query;
  return db
    .select()
    .from(reconciliations)
    .where(
      and(
        eq(reconciliations.organizationId, query.organizationId),
        eq(reconciliations.sourceId, query.sourceId),
        isAfter(reconciliations.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(reconciliations.id, order))
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

/** Longer than anybody asks for a loss rate; the newest of a source stays, because the next begins where it ended. */
const KEEP = 90 * DAY;

/** A statement that forgets comparisons that ended long ago, `limit` at most. */
export function forgetOldReconciliations(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${reconciliations}
    WHERE (organization_id, source_id, id) IN (
      SELECT organization_id, source_id, id FROM ${reconciliations} AS old
      WHERE ended_at < ${now - KEEP} AND EXISTS (
        SELECT 1 FROM ${reconciliations} AS newer WHERE newer.organization_id = old.organization_id
        AND newer.source_id = old.source_id AND newer.id > old.id AND newer.asked = 0 AND newer.state = 'completed')
      LIMIT ${limit})`);
}
