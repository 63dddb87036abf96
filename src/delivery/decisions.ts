import type { Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import type { Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { readEndpoint } from "./endpoints";
import type { EndpointObjects } from "./object/client";

type Target = { organizationId: string; id: string };
type DeliveryTarget = Target & { deliveryId: string };

/** Sends a delivery again now: one that waits is due at once, one that is over is sent again as a replay. */
export async function retryDelivery(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "retry"> },
  target: DeliveryTarget,
  _act: Act,
): Promise<Result<"scheduled" | "replayed", DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const outcome = await endpointObjects.retry(endpoint.value, target.deliveryId);
  return outcome === "not_found" ? err(notFound("delivery")) : ok(outcome);
}

/** Decides on a delivery that its call waits for: lets it go once more, or gives it up. */
export async function settleDelivery(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "settle" | "delivery"> },
  target: DeliveryTarget,
  action: "release" | "skip",
  _act: Act,
): Promise<Result<void, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  if (await endpointObjects.settle(endpoint.value, target.deliveryId, action)) return ok(undefined);
  const entry = await endpointObjects.delivery(endpoint.value, target.deliveryId);
  if (!entry) return err(notFound("delivery"));
  return err({ kind: "conflict", message: `This delivery is ${entry.state}: there is nothing to ${action}.` });
}
