import type { Database } from "../../db/client";
import { DAY } from "../../lib/time";
import { sweepPrefix } from "../../lib/sweep-prefix";
import { registeredAmong, RECORDINGS_PREFIX, RENDITIONS_PREFIX } from "../../recordings";
import { readWaveformFile, waveformFileOf } from "./format";
import type { Peaks } from "./peaks";

/** The prefix of all waveforms in R2. */
export const WAVEFORMS_PREFIX = "waveforms/";

/**
 * Where the waveform of the audio at `recordingKey` is. Two attempts may write it: the same audio gives the same bytes,
 * and the audio of another attempt has another key.
 */
export function waveformKeyOf(recordingKey: string): string {
  const prefix = recordingKey.startsWith(RENDITIONS_PREFIX) ? RENDITIONS_PREFIX : RECORDINGS_PREFIX;
  return WAVEFORMS_PREFIX + recordingKey.slice(prefix.length);
}

export async function keepWaveform(bucket: R2Bucket, recordingKey: string, peaks: Peaks): Promise<void> {
  await bucket.put(waveformKeyOf(recordingKey), waveformFileOf(peaks), {
    httpMetadata: { contentType: "application/octet-stream" },
  });
}

/** Null where the audio has none: it is older and its turn has not come, or it could not be decoded. */
export async function readWaveform(bucket: R2Bucket, recordingKey: string): Promise<Peaks | null> {
  const object = await bucket.get(waveformKeyOf(recordingKey));
  return object && readWaveformFile(await object.arrayBuffer());
}

/**
 * Deletes waveforms whose recording is gone. Only objects older than a day are considered, since audio is registered
 * before its waveform is made. Reads at most `pages` pages and continues from there the next time.
 */
export async function sweepWaveforms(
  db: Database,
  bucket: R2Bucket,
  now: number,
  span: { pages: number; pageSize?: number },
): Promise<number> {
  const plan = { prefix: WAVEFORMS_PREFIX, bookmark: "sweeps/waveforms", before: now - DAY, ...span };
  const { deleted } = await sweepPrefix(bucket, plan, async (keys) => {
    const registered = await registeredAmong(db, keys.flatMap(recordingKeysOf));
    return registered.map(({ key }) => ({ key: waveformKeyOf(key) }));
  });
  return deleted;
}

/** The audio is a recording as it came, or the muted one that has taken its place. */
function recordingKeysOf(waveformKey: string): string[] {
  const rest = waveformKey.slice(WAVEFORMS_PREFIX.length);
  return [RECORDINGS_PREFIX + rest, RENDITIONS_PREFIX + rest];
}
