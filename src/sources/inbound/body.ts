import { sql } from "drizzle-orm";
import { inbound } from "../../db/schema";

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
