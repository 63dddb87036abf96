import { sql } from "drizzle-orm";
import { inbound } from "../../db/schema";
import type { Database } from "../../db/client";
import { DAY } from "../../lib/time";
import { sweepPrefix } from "../../lib/sweep-prefix";

/** Above this a body lies in R2: a queue message holds 128 kB, and a page of log rows should not hold megabytes. */
export const INLINE_BODY_MAX = 100_000;

/** Where bodies lie in R2. */
export const BODIES_PREFIX = "inbound/";

/** Where a body too large for a message and a row lies in R2. */
export function inboundBodyKey(organizationId: string, id: string): string {
  return `${BODIES_PREFIX}${organizationId}/${id}`;
}

/** Whose request's body lies there. */
export function ownerOfBody(key: string): { organizationId: string; id: string } {
  const [organizationId = "", id = ""] = key.slice(BODIES_PREFIX.length).split("/");
  return { organizationId, id };
}

/** The raw body of a message or a row, wherever it lies; undefined when it is gone or was never kept. */
export async function loadInboundBody(
  bucket: R2Bucket,
  place: { body: Uint8Array | null; bodyKey: string | null },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (place.body !== null) return new Uint8Array(place.body);
  if (place.bodyKey === null) return undefined;
  const object = await bucket.get(place.bodyKey);
  return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
}

/** The body's column, read as D1 gives it. Drizzle's own blob type needs Node's `Buffer`, which a Worker has not. */
export const bodyColumn = sql<ArrayBuffer | number[] | null>`${inbound.body}`.mapWith(
  (value: ArrayBuffer | number[]) => new Uint8Array(value),
);

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
  const { deleted } = await sweepPrefix(bucket, plan, (keys) => withRow(db, keys));
  return deleted;
}

function withRow(db: Database, keys: readonly string[]): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => ({ key, ...ownerOfBody(key) }));
  return db.all<{ key: string }>(sql`
    SELECT known.body_key AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    CROSS JOIN ${inbound} AS known ON known.organization_id = candidate.value ->> 'organizationId'
      AND known.id = candidate.value ->> 'id'
    WHERE known.body_key = candidate.value ->> 'key'`);
}
