import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import type { Act } from "../identity";
import { ok, type Result } from "../lib/result";
import type { DeliveryLogEntry } from "./contract";
import { readEndpoint, testEventFor, type EndpointRow } from "./endpoints";
import type { EndpointObjects } from "./object/client";

/** Sends one example event at once, marked as a test, and gives the result. `wanted` as in `testEventFor`. */
export async function testEndpoint(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "test"> },
  target: { organizationId: string; id: string },
  wanted: string | undefined,
  { now }: Act,
): Promise<Result<{ endpoint: EndpointRow; entry: DeliveryLogEntry }, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const event = testEventFor(endpoint.value, wanted, now);
  if (!event.ok) return event;
  return ok({ endpoint: endpoint.value, entry: await endpointObjects.test(endpoint.value, event.value) });
}
