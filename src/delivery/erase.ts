import { and, eq } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { endpoints, undelivered } from "../db/schema";
import type { EndpointObjects } from "./object/client";
import { spillPrefix } from "../events";

/**
 * Erases a call from delivery: its undelivered rows, its spilled data in R2, and its deliveries in every object of the
 * organization's endpoints, with requests and answers. Gives the number of deliveries. Run it after the call's events
 * are deleted, or they would be delivered again. Throws when an object does not answer; it may be repeated.
 */
export async function eraseDeliveries(
  { db, objects, bucket }: { db: Database; objects: Pick<EndpointObjects, "erase">; bucket: R2Bucket },
  call: { id: string; organizationId: string },
): Promise<number> {
  const { id, organizationId } = call;
  await runBatch(db, [
    db.delete(undelivered).where(and(eq(undelivered.organizationId, organizationId), eq(undelivered.stream, id))),
  ]);
  await eraseSpills(bucket, call);
  // A deleted endpoint's objects have dropped everything, unless the deletion has not reached them yet.
  const all = await db.select().from(endpoints).where(eq(endpoints.organizationId, organizationId));
  const erased = await Promise.all(all.map((endpoint) => objects.erase(endpoint, id)));
  return erased.reduce((sum, count) => sum + count, 0);
}

async function eraseSpills(bucket: R2Bucket, call: { id: string; organizationId: string }): Promise<void> {
  for (let more = true; more;) {
    const { objects, truncated } = await bucket.list({ prefix: spillPrefix(call) });
    if (objects.length > 0) await bucket.delete(objects.map((object) => object.key));
    more = truncated;
  }
}
