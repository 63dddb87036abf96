import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import { waveformKeyOf } from "../analysis";
import { runBatch, type Database, type Statement } from "../db/client";
import * as schema from "../db/schema";
import { valueList } from "../db/value-list";
import { eraseDeliveries, type EndpointObjects } from "../delivery";
import { FULL_REACH, type Act } from "../identity";
import { deleteSource } from "../sources";
import { SAMPLE_OPERATORS } from "./catalog";
import { sampleCallsOf, sampleSources, type SampleSource } from "./source";

export type RemoveDeps = { db: Database; bucket: R2Bucket; endpointObjects: Pick<EndpointObjects, "erase"> };

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
    removed += await removeCallsOf(deps, organizationId, source);
  }
  return removed;
}

async function removeCallsOf(
  { db, bucket, endpointObjects: objects }: RemoveDeps,
  organizationId: string,
  source: SampleSource,
): Promise<number> {
  const { calls } = schema;
  // Also what came for calls that are not there yet.
  const { all, there } = await sampleCallsOf(db, organizationId, source.id);
  await removeObjects(db, bucket, all);
  await runBatch(db, dependentsOf(db, organizationId, all));
  await eraseDeliveries({ db, objects, bucket }, { organizationId, ids: [...there] });
  // Last: a call that is still there is taken up by the next try.
  await runBatch(db, [
    db.delete(calls).where(and(eq(calls.organizationId, organizationId), sql`${calls.id} IN ${valueList(all)}`)),
    ...leftoversOf(db, organizationId, source),
  ]);
  return there.size;
}

async function removeObjects(db: Database, bucket: R2Bucket, ids: readonly string[]): Promise<void> {
  const { recordings, analyses, uploads } = schema;
  const [audio, findings, files] = await Promise.all([
    db
      .select({ key: recordings.key })
      .from(recordings)
      .where(sql`${recordings.callId} IN ${valueList(ids)}`),
    db
      .select({ key: analyses.findingsKey })
      .from(analyses)
      .where(sql`${analyses.callId} IN ${valueList(ids)}`),
    db
      .select({ key: uploads.key })
      .from(uploads)
      .where(sql`${uploads.callId} IN ${valueList(ids)}`),
  ]);
  const recorded = audio.flatMap(({ key }) => key ?? []);
  const keys = [
    ...recorded,
    ...recorded.map(waveformKeyOf),
    ...[...findings, ...files].flatMap(({ key }) => key ?? []),
  ];
  for (let at = 0; at < keys.length; at += 1_000) await bucket.delete(keys.slice(at, at + 1_000));
}

/** What hangs on calls, and the notices that they came with. */
function dependentsOf(db: Database, organizationId: string, ids: readonly string[]): Statement[] {
  const { recordings, analyses, tasks, events, pendingStreams, inbound, uploads, callLookups } = schema;
  const isOne = (column: SQL) => sql`${column} IN ${valueList(ids)}`;
  // The notice of an upload shares the second part of its id.
  const inboundIds = sql`(SELECT 'inb' || substr(id, instr(id, '_')) FROM ${uploads}
    WHERE organization_id = ${organizationId} AND call_id IN ${valueList(ids)})`;
  return [
    db.run(sql`DELETE FROM ${inbound} WHERE organization_id = ${organizationId} AND id IN ${inboundIds}`),
    db.delete(uploads).where(and(eq(uploads.organizationId, organizationId), isOne(sql`${uploads.callId}`))),
    db.delete(recordings).where(isOne(sql`${recordings.callId}`)),
    db.delete(analyses).where(isOne(sql`${analyses.callId}`)),
    db.delete(tasks).where(and(eq(tasks.organizationId, organizationId), isOne(sql`${tasks.callId}`))),
    db.delete(callLookups).where(isOne(sql`${callLookups.callId}`)),
    db.delete(events).where(isOne(sql`${events.stream}`)),
    db.delete(pendingStreams).where(isOne(sql`${pendingStreams.stream}`)),
  ];
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
