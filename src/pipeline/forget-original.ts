import { and, eq, sql, type SQL } from "drizzle-orm";
import { keepWaveform, lastRedaction, readWaveform, redactionOf, waveformKeyOf, type EngineRun } from "../analysis";
import { isHeld } from "../calls";
import type { Database } from "../db/client";
import type { RowWrite } from "../db/rows";
import { calls, recordings } from "../db/schema";
import { recordAct, systemAct } from "../identity";
import type { RecordingRow, Rendition } from "../recordings";
import { readCallFile, type CallFile } from "./consequences";

// A campaign may keep no originals: once the muted file was written, read back and found silent where it is to be, it takes
// the place of the recording, and what was before is deleted, the sound and the words. What is in the way of that (a legal
// hold, a step that failed) leaves everything as it is.

type Deps = { db: Database; bucket: R2Bucket };

/** What is written with the end of an analysis, and what is deleted once it is written. */
export type Forgetting = {
  /** The runs of the analysis without their original words. */
  runs: EngineRun[];
  writes(guard: SQL): RowWrite[];
  recording: Pick<RecordingRow, "id" | "callId" | "organizationId">;
  rendition: Rendition;
  keys: string[];
};

/**
 * What of a recording is to be forgotten now that these runs have ended; undefined where its campaign keeps originals,
 * nothing was muted in it, less was looked for than is taken out, or a legal hold is on its call. `known`: the file of the
 * call, where it was read; `key`: of its audio.
 */
export async function forgettingOf(
  { db, bucket }: Deps,
  known: CallFile | undefined,
  { recording, key }: { recording: RecordingRow; key: string },
  runs: readonly EngineRun[],
): Promise<Forgetting | undefined> {
  const found = redactionOf(lastRedaction(runs));
  const rendition = found?.rendition;
  if (!found || !rendition) return undefined;
  const file = known ?? (await readCallFile(db, recording.callId));
  if (!file || file.rules.keepsOriginals) return undefined;
  const { call, rules } = file;
  if (rules.redact.some((kind) => !found.kinds.includes(kind))) return undefined;
  const originals = runs.flatMap(({ originalKey }) => originalKey ?? []);
  const isDone = key === rendition.key && originals.length === 0 && (call.unmasked?.conversation ?? null) === null;
  if (isDone || (await isCallHeld(db, call.id))) return undefined;
  const peaks = await readWaveform(bucket, key);
  if (peaks) await keepWaveform(bucket, rendition.key, peaks);
  const { id, callId, organizationId } = recording;
  return {
    runs: runs.map((run) => (run.originalKey ? { ...run, originalKey: null } : run)),
    writes: (guard) => [
      {
        // Its address too: nobody fetches it again.
        write: sql`UPDATE ${recordings} SET key = ${rendition.key}, size = ${rendition.size}, sha256 = ${rendition.sha256},
          media_type = ${rendition.mediaType}, url = NULL`,
        when: sql`call_id = ${callId} AND id = ${id} AND key = ${key} AND ${guard}`,
      },
      {
        write: sql`UPDATE ${calls} SET unmasked = json_set(unmasked, '$.conversation', NULL), version = version + 1`,
        when: sql`id = ${callId} AND unmasked ->> '$.conversation' IS NOT NULL AND ${guard}`,
      },
    ],
    recording: { id, callId, organizationId },
    rendition,
    keys: key === rendition.key ? originals : [...originals, key, waveformKeyOf(key)],
  };
}

async function isCallHeld(db: Database, callId: string): Promise<boolean> {
  const row = await db.get(sql`SELECT 1 FROM ${calls} WHERE ${calls.id} = ${callId} AND ${isHeld()}`);
  return row !== undefined && row !== null;
}

/**
 * Deletes what was forgotten, once the rows say so, with an entry in the audit log. After a crash before that, the sweeps of
 * recordings and of original words delete it a day later, since no row names it.
 */
export async function deleteForgotten({ db, bucket }: Deps, forgetting: Forgetting, now: number): Promise<void> {
  const { id, callId, organizationId } = forgetting.recording;
  const row = await db
    .select({ key: recordings.key })
    .from(recordings)
    .where(and(eq(recordings.callId, callId), eq(recordings.id, id), eq(recordings.organizationId, organizationId)))
    .get();
  if (row?.key !== forgetting.rendition.key || forgetting.keys.length === 0) return;
  const what = { organizationId, action: "recording.original_deleted", resourceType: "recording", resourceIds: [id] };
  await recordAct(db, what, systemAct(now));
  await bucket.delete(forgetting.keys);
}
