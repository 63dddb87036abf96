import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { events } from "../db/schema";
import { DAY } from "../lib/time";
import { eventOfSpill, SPILLS_PREFIX } from "./spill";

const PAGE = 500;

/** Where the last sweep stopped: the key it saw last. In the bucket itself, because it says something about the bucket. */
const BOOKMARK = "sweeps/events";

/**
 * Deletes spilled data that no event knows: the batch that was to record it came to nothing. Only objects older than a
 * day are judged. Reads at most `pages` pages and goes on from there the next time. Gives how many were deleted.
 */
export async function sweepSpills(
  db: Database,
  bucket: R2Bucket,
  now: number,
  { pages, pageSize = PAGE }: { pages: number; pageSize?: number },
): Promise<number> {
  let deleted = 0;
  let last = (await (await bucket.get(BOOKMARK))?.text()) ?? SPILLS_PREFIX;
  for (let page = 0; page < pages; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix: SPILLS_PREFIX, limit: pageSize, startAfter: last });
    const old = objects.filter((object) => object.uploaded.getTime() < now - DAY);
    const orphans = await withoutEvent(
      db,
      old.map((object) => object.key),
    );
    if (orphans.length > 0) await bucket.delete(orphans);
    deleted += orphans.length;
    last = objects.at(-1)?.key ?? last;
    if (!truncated) {
      await bucket.delete(BOOKMARK);
      return deleted;
    }
  }
  await bucket.put(BOOKMARK, last);
  return deleted;
}

async function withoutEvent(db: Database, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const candidates = keys.map((key) => ({ key, ...eventOfSpill(key) }));
  const known = await db.all<{ key: string }>(sql`
    SELECT candidate.value ->> 'key' AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    JOIN ${events} AS known ON known.stream = candidate.value ->> 'stream' AND known.id = candidate.value ->> 'id'`);
  const kept = new Set(known.map((row) => row.key));
  return keys.filter((key) => !kept.has(key));
}
