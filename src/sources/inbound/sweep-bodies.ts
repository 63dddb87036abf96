import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { DAY } from "../../lib/time";
import { sweepPrefix } from "../../lib/sweep-prefix";
import { BODIES_PREFIX, ownerOfBody } from "./body";

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
  span: { pages: number; pageSize?: number },
): Promise<number> {
  const plan = { prefix: BODIES_PREFIX, bookmark: "sweeps/inbound", before: now - ORPHAN_AGE, ...span };
  const { deleted } = await sweepPrefix(bucket, plan, (keys) => withoutRow(db, keys));
  return deleted;
}

async function withoutRow(db: Database, keys: readonly string[]): Promise<string[]> {
  const candidates = keys.map((key) => ({ key, ...ownerOfBody(key) }));
  const known = await db.all<{ key: string }>(sql`
    SELECT known.body_key AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    CROSS JOIN ${inbound} AS known ON known.organization_id = candidate.value ->> 'organizationId'
      AND known.id = candidate.value ->> 'id'
    WHERE known.body_key = candidate.value ->> 'key'`);
  const kept = new Set(known.map((row) => row.key));
  return keys.filter((key) => !kept.has(key));
}
