import { sql, type SQL } from "drizzle-orm";
import {
  analysisEnded,
  keepWaveform,
  lastRedaction,
  ORIGINALS_PREFIX,
  packRuns,
  readWaveform,
  redactionOf,
  runsOf,
  waveformKeyOf,
  type AnalysisRow,
  type EngineRun,
} from "../analysis";
import { isHeld, wordsBefore, type CallRow } from "../calls";
import { runBatch, type Database } from "../db/client";
import { assignments, writeRow, type RowWrite } from "../db/rows";
import { analyses, calls, campaigns, recordings, type PiiKind } from "../db/schema";
import { actRow, hasEntry, newEntryId, systemAct } from "../identity";
import { REDACTION_ENGINE, type RecordingRow, type RedactionFindings, type Rendition } from "../recordings";
import { readCallFile, type CallFile } from "./consequences";

// A campaign may keep no originals: once the muted file was written, read back and found silent where it is to be, it takes
// the place of the recording, and what was before is deleted, the sound and the words. What is in the way of that (a legal
// hold, a step that failed) leaves everything as it is.
//
// Nothing brings back what was deleted. So whether it may be is asked by the statements that say so, of the rows as they are
// then; the entry in the audit log is one of them; and an object is deleted only where that entry is there and no row names it.

type Deps = { db: Database; bucket: R2Bucket };

/** What is written with the end of an analysis, and what is deleted once it is written. */
export type Forgetting = {
  writes(ended: AnalysisRow): RowWrite[];
  recording: Pick<RecordingRow, "id" | "callId" | "organizationId">;
  /** The id of the entry in the audit log. */
  entry: string;
  /** The key of the recording as it was, and those of its words before they were masked. */
  keys: string[];
};

/**
 * What of a recording is to be forgotten now that these runs have ended; undefined where its campaign keeps originals, the
 * step failed, or less was looked for than is taken out. A recording in which nothing was muted stays; the words that its
 * platform sent do not. `known`: the file of the call as it was when the work began, where it was read; `key`: of its audio.
 */
export async function forgettingOf(
  { db, bucket }: Deps,
  known: CallFile | undefined,
  { recording, key }: { recording: RecordingRow; key: string },
  runs: readonly EngineRun[],
  now: number,
): Promise<Forgetting | undefined> {
  const found = redactionOf(lastRedaction(runs));
  if (!found || known?.rules.keepsOriginals) return undefined;
  // Engines work for minutes: the setting, the campaign of the call and its words may be others by now.
  const file = await readCallFile(db, recording.callId);
  if (!file || file.rules.keepsOriginals) return undefined;
  const { call, rules } = file;
  if (rules.redact.some((kind) => !found.kinds.includes(kind))) return undefined;
  const { rendition } = found;
  const originals = rendition ? runs.flatMap(({ originalKey }) => originalKey ?? []) : [];
  const keys = rendition && key !== rendition.key ? [...originals, key] : originals;
  const hasWords = wordsBefore(call) !== null;
  if (keys.length === 0 && !hasWords) return undefined;
  if (rendition && !(await isThere(bucket, rendition))) return undefined;
  const peaks = rendition && (await readWaveform(bucket, key));
  if (peaks) await keepWaveform(bucket, rendition.key, peaks);
  const { id, callId, organizationId } = recording;
  const may = mayForget(call, { recording, key }, found);
  const entry = newEntryId(now);
  const act = { id: entry, organizationId, action: "recording.original_deleted" as const, resourceType: "recording" };
  return {
    writes: (ended) => {
      // They may be written in any order: none changes what another of them asks.
      const isSo = sql`${analysisEnded(ended)} AND ${may}`;
      const areWordsFree = sql`${isSo} AND ${isEveryOtherMuted(recording, rules.redact)}`;
      return [
        actRow({ ...act, resourceId: id }, systemAct(now), keys.length > 0 ? isSo : areWordsFree),
        ...(rendition ? [replaced({ recording, key }, rendition, isSo), withoutWords(ended, isSo)] : []),
        withoutConversation(callId, areWordsFree),
      ];
    },
    recording: { id, callId, organizationId },
    entry,
    keys,
  };
}

/** The muted file in the place of the recording; without its address too: nobody fetches it again. */
function replaced(
  { recording: { callId, id }, key }: { recording: RecordingRow; key: string },
  { key: muted, size, sha256, mediaType }: Rendition,
  when: SQL,
): RowWrite {
  return {
    write: sql`UPDATE ${recordings} SET key = ${muted}, size = ${size}, sha256 = ${sha256}, media_type = ${mediaType}, url = NULL`,
    when: sql`call_id = ${callId} AND id = ${id} AND key = ${key} AND ${when}`,
  };
}

/** An analysis that has ended, without the names of its words before they were masked. */
function withoutWords(ended: AnalysisRow, when: SQL): RowWrite {
  const runs = runsOf(ended).map((run) => (run.originalKey ? { ...run, originalKey: null } : run));
  return {
    write: sql`UPDATE ${analyses} SET ${assignments(analyses, { engines: packRuns(runs) })}`,
    when: sql`call_id = ${ended.callId} AND id = ${ended.id} AND ${when}`,
  };
}

/** A call without what its platform sent before it was masked. What is left stands in its place: see `UnmaskedConversation`. */
function withoutConversation(callId: string, when: SQL): RowWrite {
  return {
    write: sql`UPDATE ${calls} SET version = version + 1,
      unmasked = json_set(unmasked, '$.conversation', json(conversation), '$.dropped', json('true'))`,
    when: sql`id = ${callId} AND unmasked ->> '$.conversation' IS NOT NULL AND unmasked ->> '$.dropped' IS NULL AND ${when}`,
  };
}

/**
 * Forgets what the platform of a call sent of words, before they were masked, where its campaign keeps no originals and none
 * of its recordings is kept or may be yet: there is nothing that could have to be muted by them.
 */
export async function forgetWords(db: Database, callId: string, now: number): Promise<void> {
  const file = await readCallFile(db, callId);
  if (!file || file.rules.keepsOriginals || wordsBefore(file.call) === null) return;
  const { organizationId, version, unmasked } = file.call;
  const when = sql`${isWanted(file.call, unmasked?.kinds ?? [])} AND NOT EXISTS (SELECT 1 FROM ${recordings} AS kept
    WHERE kept.call_id = ${callId} AND kept.state <> 'failed')`;
  const isSame = sql`EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.id} = ${callId} AND ${calls.version} = ${version})`;
  const what = { id: newEntryId(now), organizationId, action: "call.original_deleted" as const, resourceType: "call" };
  await runBatch(db, [
    writeRow(db, actRow({ ...what, resourceId: callId }, systemAct(now), sql`${isSame} AND ${when}`)),
    writeRow(db, withoutConversation(callId, sql`version = ${version} AND ${when}`)),
  ]);
}

/** Whether the muted file is in storage as it was verified: from then on there is nothing else of the recording. */
async function isThere(bucket: R2Bucket, { key, size }: Rendition): Promise<boolean> {
  return (await bucket.head(key))?.size === size;
}

/** SQL that is true while nothing is in the way, and the recording is what was muted, or is its muted file already. */
function mayForget(
  call: CallRow,
  { recording, key }: { recording: RecordingRow; key: string },
  { kinds, rendition }: RedactionFindings,
): SQL {
  return sql`${isWanted(call, kinds)}
    AND EXISTS (SELECT 1 FROM ${recordings} AS kept WHERE kept.call_id = ${call.id} AND kept.id = ${recording.id}
      AND kept.key IN (${key}, ${rendition?.key ?? key}))`;
}

/**
 * SQL that is true while a call is where it was and under no hold, and its campaign keeps no originals and takes out no more
 * than these kinds.
 */
function isWanted({ id: callId, campaignId }: CallRow, kinds: readonly PiiKind[]): SQL {
  return sql`EXISTS (SELECT 1 FROM ${calls} JOIN ${campaigns} AS chosen
      ON chosen.id = ${calls.campaignId} AND chosen.organization_id = ${calls.organizationId}
    WHERE ${calls.id} = ${callId} AND ${calls.campaignId} = ${campaignId} AND NOT ${isHeld()}
      AND chosen.settings ->> '$.dropOriginals' = 1
      AND NOT EXISTS (SELECT 1 FROM json_each(coalesce(nullif(chosen.settings -> '$.redact', 'null'),
          nullif(chosen.settings -> '$.redactDefault', 'null'), '[]')) AS wanted
        WHERE wanted.value NOT IN (SELECT done.value FROM json_each(${JSON.stringify(kinds)}) AS done)))`;
}

/**
 * SQL that is true where every other recording of the call that is kept, or may be yet, was looked through for all of these
 * kinds: until then what its platform wrote down may be what says where one of them is to be muted.
 */
function isEveryOtherMuted({ callId, id }: RecordingRow, kinds: readonly PiiKind[]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${recordings} AS other
    WHERE other.call_id = ${callId} AND other.id <> ${id} AND other.state <> 'failed'
      AND NOT EXISTS (SELECT 1 FROM ${analyses} AS heard
        WHERE heard.call_id = ${callId} AND heard.recording_id = other.id AND heard.state = 'completed'
          AND (SELECT run.value ->> 'state' = 'completed' AND NOT EXISTS (SELECT 1
              FROM json_each(${JSON.stringify(kinds)}) AS wanted WHERE wanted.value NOT IN
                (SELECT done.value FROM json_each(run.value -> 'findings' -> 'kinds') AS done))
            FROM json_each(heard.engines) AS run WHERE run.value ->> 'engine' = ${REDACTION_ENGINE}
            ORDER BY run.key DESC LIMIT 1)))`;
}

/**
 * Deletes what was forgotten, once the rows say so: where this attempt wrote its entry in the audit log, and only what no
 * row names. After a crash before that, the sweeps of recordings and of original words delete it a day later.
 */
export async function deleteForgotten(
  { db, bucket }: Deps,
  { recording: { id, callId, organizationId }, entry, keys }: Forgetting,
): Promise<void> {
  if (keys.length === 0 || !(await hasEntry(db, organizationId, entry))) return;
  const free = await db.all<{ key: string }>(sql`
    SELECT given.value AS key FROM json_each(${JSON.stringify(keys)}) AS given
    WHERE NOT EXISTS (SELECT 1 FROM ${recordings} AS kept
        WHERE kept.call_id = ${callId} AND kept.id = ${id} AND kept.key = given.value)
      AND NOT EXISTS (SELECT 1 FROM ${analyses} AS heard, json_each(heard.engines) AS run
        WHERE heard.call_id = ${callId} AND heard.recording_id = ${id} AND run.value ->> 'originalKey' = given.value)`);
  const objects = free.flatMap(({ key }) => [key, ...(isWords(key) ? [] : [waveformKeyOf(key)])]);
  if (objects.length > 0) await bucket.delete(objects);
}

function isWords(key: string): boolean {
  return key.startsWith(ORIGINALS_PREFIX);
}
