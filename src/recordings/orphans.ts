import { sql } from "drizzle-orm";
import { callIdOfRecording } from "../calls";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { DAY } from "../lib/time";
import { sweepPrefix, type Sweep } from "../lib/sweep-prefix";
import { RECORDINGS_PREFIX, recordingIdOfKey } from "./store";

/**
 * Deletes recordings in R2 that have no row, because an attempt ended between storing and registering. Only objects
 * older than a day are considered, far longer than an attempt lasts. Reads at most `pages` pages and continues from
 * there the next time.
 */
export async function sweepOrphans(
  db: Database,
  bucket: R2Bucket,
  now: number,
  span: { pages: number; pageSize?: number },
): Promise<Sweep> {
  const plan = { prefix: RECORDINGS_PREFIX, bookmark: "sweeps/recordings", before: now - DAY, ...span };
  return sweepPrefix(bucket, plan, (keys) => registeredAmong(db, keys));
}

/** Those of the keys that a recording is registered with. */
export function registeredAmong(db: Database, keys: readonly string[]): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => {
    const id = recordingIdOfKey(key);
    return { key, id, call: callIdOfRecording(id) };
  });
  return db.all<{ key: string }>(sql`
    SELECT known.key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    JOIN ${recordings} AS known ON known.call_id = candidate.value ->> 'call' AND known.id = candidate.value ->> 'id'
    WHERE known.key = candidate.value ->> 'key'`);
}
