import { and, eq } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { endpoints, undelivered } from "../db/schema";
import type { EndpointObjects } from "./object/client";
import { spillPrefix } from "../events";

/**
 * Erases a call from delivery: what waits for objects, what lies in the bucket, and every delivery of it in every object
 * of the organization's endpoints, with what was sent and answered. Gives the number of deliveries. Run it after the
 * call's events are gone, or they would be handed out again; throws when an object does not answer, and may be repeated.
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
  // A deleted endpoint's objects have dropped everything, unless they have not heard of it yet.
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
