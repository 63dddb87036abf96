import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { DAY } from "../../lib/time";
import { BODIES_PREFIX, ownerOfBody } from "./body";

const PAGE = 500;

/** Where the last sweep stopped: the key it saw last. In the bucket itself, because it says something about the bucket. */
const BOOKMARK = "sweeps/inbound";

/** A message may wait in a queue for days before it is logged, and its dead letter for days again. */
export const ORPHAN_AGE = 9 * DAY;

/**
 * Deletes bodies in R2 that no logged request has: the edge died between storing and sending, or the request was
 * forgotten. Judges only objects older than any message lives. Reads at most `pages` pages and goes on from there the
 * next time. Gives how many were deleted.
 */
export async function sweepInboundBodies(
  db: Database,
  bucket: R2Bucket,
  now: number,
  { pages, pageSize = PAGE }: { pages: number; pageSize?: number },
): Promise<number> {
  let deleted = 0;
  let last = (await (await bucket.get(BOOKMARK))?.text()) ?? BODIES_PREFIX;
  for (let page = 0; page < pages; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix: BODIES_PREFIX, limit: pageSize, startAfter: last });
    const old = objects.filter((object) => object.uploaded.getTime() < now - ORPHAN_AGE);
    const orphans = await withoutRow(
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

async function withoutRow(db: Database, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const candidates = keys.map((key) => ({ key, ...ownerOfBody(key) }));
  const known = await db.all<{ key: string }>(sql`
    SELECT known.body_key AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    CROSS JOIN ${inbound} AS known ON known.organization_id = candidate.value ->> 'organizationId'
      AND known.id = candidate.value ->> 'id'
    WHERE known.body_key = candidate.value ->> 'key'`);
  const kept = new Set(known.map((row) => row.key));
  return keys.filter((key) => !kept.has(key));
}
