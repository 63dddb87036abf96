import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import { recordAct, type Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { DeliveryLogEntry } from "./contract";
import { readEndpoint, testEventFor, type EndpointRow } from "./endpoints";
import type { EndpointObjects } from "./object/client";

const TOO_MANY = "Other tests of this endpoint are still under way. Try again when one of them has ended.";

/** Sends one example event at once, marked as a test, and gives the result. `wanted` as in `testEventFor`. */
export async function testEndpoint(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "test"> },
  target: { organizationId: string; id: string },
  wanted: string | undefined,
  act: Act,
): Promise<Result<{ endpoint: EndpointRow; entry: DeliveryLogEntry }, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const event = testEventFor(endpoint.value, wanted, act.now);
  if (!event.ok) return event;
  const { organizationId, id } = target;
  const what = { organizationId, action: "endpoint.tested" as const, resourceType: "endpoint", resourceIds: [id] };
  await recordAct(db, { ...what, after: { event_type: event.value.type } }, act);
  const entry = await endpointObjects.test(endpoint.value, event.value);
  return entry ? ok({ endpoint: endpoint.value, entry }) : err({ kind: "conflict", message: TOO_MANY });
}
