import { and, eq, inArray, sql } from "drizzle-orm";
import { isHeld } from "../calls";
import { runBatch, type Database, type Statement } from "../db/client";
import * as schema from "../db/schema";
import { valueList } from "../db/value-list";
import { eraseDeliveries } from "../delivery";
import { FULL_REACH, type Act } from "../identity";
import { eraseCalls, type EraseDeps } from "../privacy";
import { DAY } from "../lib/time";
import { deleteSource } from "../sources";
import { SAMPLE_OPERATORS } from "./catalog";
import { sampleCallsOf, sampleSources, type SampleSource } from "./source";

export type RemoveDeps = EraseDeps;

/**
 * Removes the sample calls with everything that hangs on them, and their source and campaign. A call is a sample by its
 * id, which is derived from its place among the samples of such a source: no other call is touched. Done again after it
 * was interrupted, it removes the rest. Gives how many calls were removed.
 */
export async function removeSamples(deps: RemoveDeps, organizationId: string, act: Act): Promise<number> {
  let removed = 0;
  for (const source of await sampleSources(deps.db, organizationId)) {
    // First, so that what is still on its way here finds no source.
    if (source.deletedAt === null) await deleteSource(deps, { organizationId, reach: FULL_REACH, id: source.id }, act);
    removed += await removeCallsOf(deps, organizationId, source, act.now);
  }
  return removed;
}

async function removeCallsOf(
  deps: RemoveDeps,
  organizationId: string,
  source: SampleSource,
  now: number,
): Promise<number> {
  const { db, bucket, endpointObjects: objects } = deps;
  // Also what came for calls that are not there yet.
  const { all, there } = await sampleCallsOf(db, organizationId, source.id);
  const held = await heldOf(db, all);
  const ids = all.filter((id) => !held.has(id));
  // Of a source that was removed long ago nothing is left, unless a call says so; a removal that was interrupted is gone through again.
  if (source.deletedAt === null || now - source.deletedAt < DAY || there.size > 0) {
    const of = { organizationId, ids };
    await runBatch(db, [forgetNotices(db, organizationId, ids)]);
    // While the calls are there: after an interruption they are what the next try goes by.
    await eraseDeliveries({ db, objects, bucket }, of);
    await eraseCalls(deps, of, () => []);
  }
  await runBatch(db, leftoversOf(db, organizationId, source));
  return ids.filter((id) => there.has(id)).length;
}

/** Those under a legal hold, which nothing erases. */
async function heldOf(db: Database, ids: readonly string[]): Promise<Set<string>> {
  const { calls } = schema;
  const rows = await db
    .select({ id: calls.id })
    .from(calls)
    .where(and(inArray(calls.id, valueList(ids)), isHeld()));
  return new Set(rows.map(({ id }) => id));
}

/** The notices that the calls came with. That of an upload shares the second part of its id. */
function forgetNotices(db: Database, organizationId: string, ids: readonly string[]): Statement {
  const { inbound, uploads } = schema;
  const noticeIds = sql`(SELECT 'inb' || substr(id, instr(id, '_')) FROM ${uploads}
    WHERE organization_id = ${organizationId} AND call_id IN ${valueList(ids)})`;
  return db.run(sql`DELETE FROM ${inbound} WHERE organization_id = ${organizationId} AND id IN ${noticeIds}`);
}

/** Operators whom only samples brought, and the campaign, unless a person has put something else there. */
function leftoversOf(db: Database, organizationId: string, source: SampleSource): Statement[] {
  const { calls, campaigns, operators, operatorReferences, memberships } = schema;
  const unused = sql`organization_id = ${organizationId} AND created_at >= ${source.createdAt}
    AND folded_name IN (SELECT value FROM json_each(${JSON.stringify(SAMPLE_OPERATORS)}))
    AND NOT EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.organizationId} = ${organizationId}
      AND ${calls.operatorId} = ${operators.id})
    AND NOT EXISTS (SELECT 1 FROM ${memberships} WHERE ${memberships.operatorId} = ${operators.id})
    AND NOT EXISTS (SELECT 1 FROM ${operatorReferences} WHERE ${operatorReferences.operatorId} = ${operators.id})`;
  return [
    db.run(sql`DELETE FROM ${operators} WHERE ${unused}`),
    db.delete(campaigns).where(
      and(
        eq(campaigns.organizationId, organizationId),
        inArray(campaigns.id, source.campaignId === null ? [] : [source.campaignId]),
        sql`NOT EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.organizationId} = ${organizationId}
            AND ${calls.campaignId} = ${campaigns.id})`,
      ),
    ),
  ];
}
