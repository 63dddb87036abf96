import { sql } from "drizzle-orm";
import { callIdOfRecording } from "../calls";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { DAY } from "../lib/time";
import { RECORDINGS_PREFIX, recordingIdOfKey } from "./store";

const PAGE = 500;

export type Sweep = {
  seen: number;
  deleted: number;
  /** Where the next sweep goes on; undefined when this one reached the end. */
  cursor?: string;
};

/**
 * Deletes recordings in R2 that no row knows: an attempt died between storing and registering. Only objects older than a
 * day are looked at, far longer than any attempt lives. Reads at most `pages` pages of 500.
 */
export async function sweepOrphans(
  db: Database,
  bucket: R2Bucket,
  now: number,
  options: { cursor?: string; pages: number },
): Promise<Sweep> {
  const sweep: Sweep = { seen: 0, deleted: 0, ...(options.cursor === undefined ? {} : { cursor: options.cursor }) };
  for (let page = 0; page < options.pages; page += 1) {
    const listed = await bucket.list({
      prefix: RECORDINGS_PREFIX,
      limit: PAGE,
      ...(sweep.cursor === undefined ? {} : { cursor: sweep.cursor }),
    });
    const old = listed.objects.filter((object) => object.uploaded.getTime() < now - DAY);
    const orphans = await withoutRow(db, old.map((object) => object.key));
    if (orphans.length > 0) await bucket.delete(orphans);
    sweep.seen += listed.objects.length;
    sweep.deleted += orphans.length;
    if (!listed.truncated) return { seen: sweep.seen, deleted: sweep.deleted };
    sweep.cursor = listed.cursor;
  }
  return sweep;
}

async function withoutRow(db: Database, keys: readonly string[]): Promise<string[]> {
  const candidates = keys.map((key) => {
    const id = recordingIdOfKey(key);
    return { key, id, call: callIdOfRecording(id) };
  });
  const registered = await db.all<{ key: string }>(sql`
    SELECT known.key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    JOIN ${recordings} AS known ON known.call_id = candidate.value ->> 'call' AND known.id = candidate.value ->> 'id'
    WHERE known.key = candidate.value ->> 'key'`);
  const kept = new Set(registered.map((row) => row.key));
  return keys.filter((key) => !kept.has(key));
}
