import { and, eq, inArray, sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { endpoints, undelivered } from "../db/schema";
import { valueList } from "../db/value-list";
import { inParallel } from "../lib/in-parallel";
import type { EndpointObjects } from "./object/client";
import { writeBacklog } from "./health/write";
import { spillPrefix } from "../events";

/** Calls of one organization. */
type OfCalls = { organizationId: string; ids: readonly string[] };

/**
 * Erases calls from delivery: their undelivered rows, their spilled data in R2, and their deliveries in every object of the
 * organization's endpoints, with requests and answers. Gives the number of deliveries. Run it after the calls' events
 * are deleted, or they would be delivered again. Throws when an object does not answer; it may be repeated.
 */
export async function eraseDeliveries(
  { db, objects, bucket }: { db: Database; objects: Pick<EndpointObjects, "erase" | "health">; bucket: R2Bucket },
  { organizationId, ids }: OfCalls,
): Promise<number> {
  if (ids.length === 0) return 0;
  await runBatch(db, [
    db
      .delete(undelivered)
      // By the index of streams: an organization may have very much that is undelivered.
      .where(and(sql`+${undelivered.organizationId} = ${organizationId}`, inArray(undelivered.stream, valueList(ids)))),
  ]);
  await inParallel(ids, (id) => eraseSpills(bucket, { id, organizationId }));
  // A deleted endpoint's objects have dropped everything, unless the deletion has not reached them yet.
  const erased = await inParallel(await endpointsOf(db, organizationId), async (endpoint) => {
    const count = await objects.erase(endpoint, ids);
    // An object that attempts nothing says nothing of itself, and what it said last counted these.
    if (count > 0)
      for (const report of await objects.health(endpoint)) await writeBacklog(db, endpoint, report, Date.now());
    return count;
  });
  return sum(erased);
}

/** How many deliveries of calls there are, in the objects of all endpoints of their organization. */
export async function countDeliveriesOf(
  { db, objects }: { db: Database; objects: Pick<EndpointObjects, "countOf"> },
  { organizationId, ids }: OfCalls,
): Promise<number> {
  if (ids.length === 0) return 0;
  return sum(await inParallel(await endpointsOf(db, organizationId), (endpoint) => objects.countOf(endpoint, ids)));
}

function endpointsOf(db: Database, organizationId: string) {
  return db.select().from(endpoints).where(eq(endpoints.organizationId, organizationId));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function eraseSpills(bucket: R2Bucket, call: { id: string; organizationId: string }): Promise<void> {
  for (let more = true; more;) {
    const { objects, truncated } = await bucket.list({ prefix: spillPrefix(call) });
    if (objects.length > 0) await bucket.delete(objects.map((object) => object.key));
    more = truncated;
  }
}
