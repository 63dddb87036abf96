import { sql } from "drizzle-orm";
import { callIdOfRecording } from "../calls";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { DAY } from "../lib/time";
import { RECORDINGS_PREFIX, recordingIdOfKey } from "./store";

const PAGE = 500;

/** Where the last sweep stopped: the key it saw last. In the bucket itself, because it says something about the bucket. */
const BOOKMARK = "sweeps/recordings";

export type Sweep = {
  seen: number;
  deleted: number;
  /** Whether it came to the end; the next one starts over. */
  finished: boolean;
};

/**
 * Deletes recordings in R2 that no row knows: an attempt died between storing and registering. Only objects older than a
 * day are judged, far longer than any attempt lives. Reads at most `pages` pages and goes on from there the next time.
 */
export async function sweepOrphans(
  db: Database,
  bucket: R2Bucket,
  now: number,
  { pages, pageSize = PAGE }: { pages: number; pageSize?: number },
): Promise<Sweep> {
  let seen = 0;
  let deleted = 0;
  let last = (await (await bucket.get(BOOKMARK))?.text()) ?? RECORDINGS_PREFIX;
  for (let page = 0; page < pages; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix: RECORDINGS_PREFIX, limit: pageSize, startAfter: last });
    const old = objects.filter((object) => object.uploaded.getTime() < now - DAY);
    const orphans = await withoutRow(
      db,
      old.map((object) => object.key),
    );
    if (orphans.length > 0) await bucket.delete(orphans);
    seen += objects.length;
    deleted += orphans.length;
    last = objects.at(-1)?.key ?? last;
    if (!truncated) {
      await bucket.delete(BOOKMARK);
      return { seen, deleted, finished: true };
    }
  }
  await bucket.put(BOOKMARK, last);
  return { seen, deleted, finished: false };
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
