import type { Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import { recordAct, type Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { DeliveryState, HoldOutcome } from "./contract";
import { readEndpoint } from "./endpoints";
import type { EndpointObjects } from "./object/client";

type Target = { organizationId: string; id: string };
type DeliveryTarget = Target & { deliveryId: string };
/** `seen`: the state that whoever decides saw the delivery in. In another one nothing is done: they decided on something else. */
type SeenDelivery = DeliveryTarget & { seen?: DeliveryState | undefined };

/**
 * Sends a delivery again now: a waiting one becomes due at once, a closed one is sent again as a replay. `seen`: the state that
 * whoever asks saw it in. What was delivered since is not sent again by somebody who saw it wait.
 */
export async function retryDelivery(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "retry" | "delivery"> },
  { seen, ...target }: SeenDelivery,
  act: Act,
): Promise<Result<"scheduled" | "replayed", DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const found = await endpointObjects.delivery(endpoint.value, target.deliveryId);
  // What is refused is no decision, and is not in the audit log.
  if (!found) return err(notFound("delivery"));
  if (seen !== undefined && found.state !== seen) return err(CHANGED[found.state]);
  // Who retries whatever waits does not mean what somebody keeps back.
  if (seen === undefined && found.byPerson === true) return err(KEPT_BACK);
  await recordDecision(db, target, "retried", act);
  const outcome = await endpointObjects.retry(endpoint.value, target.deliveryId, seen);
  // It was delivered between the two questions.
  if (outcome === "changed") {
    const since = await endpointObjects.delivery(endpoint.value, target.deliveryId);
    return err(CHANGED[since?.state ?? "delivered"]);
  }
  return outcome === "not_found" ? err(notFound("delivery")) : ok(outcome);
}

const KEPT_BACK: DomainError = {
  kind: "conflict",
  message: "Somebody holds this delivery: release it, or skip it.",
};

const CHANGED: Record<DeliveryState, DomainError> = {
  delivered: { kind: "conflict", message: "This event was delivered meanwhile, and was not sent again." },
  parked: { kind: "conflict", message: "This event was given up meanwhile, and was not sent again." },
  skipped: { kind: "conflict", message: "This event was skipped meanwhile, and was not sent again." },
  held: { kind: "conflict", message: "This event waits for a decision by now, and was not sent again." },
  pending: { kind: "conflict", message: "This event is on its way already, and was not sent once more." },
};

/** Tries at once everything that waits at an endpoint for another attempt, each call in order. */
export async function retryEndpoint(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "retryAll"> },
  { organizationId, id }: Target,
  act: Act,
): Promise<Result<{ retried: number; more: boolean }, DomainError>> {
  const endpoint = await readEndpoint(db, { organizationId, id });
  if (!endpoint.ok) return endpoint;
  if (!endpoint.value.active || endpoint.value.paused) return err(AT_REST);
  await recordAct(db, { organizationId, action: "endpoint.retried", resourceType: "endpoint", resourceIds: [id] }, act);
  return ok(await endpointObjects.retryAll(endpoint.value));
}

const AT_REST: DomainError = {
  kind: "conflict",
  message: "This endpoint is paused or switched off. Resume or enable it: what waits is then tried.",
};

/** Decides on a delivery: releases a held one for one more attempt, or skips one that is held or waits for a retry. */
export async function settleDelivery(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "settle" | "delivery"> },
  { seen, ...target }: SeenDelivery,
  action: "release" | "skip",
  act: Act,
): Promise<Result<void, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const refused = ({ state }: { state: DeliveryState }): DomainError => {
    if (seen !== undefined && state !== seen) return leftAsItIs(state);
    return { kind: "conflict", message: `This delivery is ${state}: there is nothing to ${action}.` };
  };
  const found = await endpointObjects.delivery(endpoint.value, target.deliveryId);
  // What is refused is no decision, and is not in the audit log.
  if (!found) return err(notFound("delivery"));
  const canBe = found.state === "held" || (action === "skip" && found.state === "pending");
  if (!canBe || (seen !== undefined && found.state !== seen)) return err(refused(found));
  await recordDecision(db, target, action === "skip" ? "skipped" : "released", act);
  if (await endpointObjects.settle(endpoint.value, target.deliveryId, action, seen)) return ok(undefined);
  const since = await endpointObjects.delivery(endpoint.value, target.deliveryId);
  return err(since ? refused(since) : notFound("delivery"));
}

function leftAsItIs(state: DeliveryState): DomainError {
  return { kind: "conflict", message: `This delivery is ${state} by now, and was left as it is.` };
}

/**
 * Holds a delivery that waits for its next attempt at the head of its lane: it is not tried before a person releases it, or
 * skips it, and what came after it waits behind it. Its object holds one that is pending and no other.
 */
export async function holdDelivery(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "hold" | "delivery"> },
  { seen, ...target }: SeenDelivery,
  act: Act,
): Promise<Result<void, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const hold = (dryRun: boolean) => endpointObjects.hold(endpoint.value, target.deliveryId, { dryRun });
  const refused = async (outcome: HoldOutcome): Promise<DomainError> => {
    if (outcome === "unable") return NOT_YET;
    const entry = await endpointObjects.delivery(endpoint.value, target.deliveryId);
    if (!entry) return notFound("delivery");
    const isOther = seen !== undefined && seen !== "pending" && entry.state === "pending";
    return isOther ? leftAsItIs(entry.state) : notHeld(entry.state);
  };
  // What is refused is no decision, and is not in the audit log.
  if (seen !== undefined && seen !== "pending") return err(await refused("not_waiting"));
  const could = await hold(true);
  if (could !== "held") return err(await refused(could));
  await recordDecision(db, target, "held", act);
  const outcome = await hold(false);
  return outcome === "held" ? ok(undefined) : err(await refused(outcome));
}

const NOT_YET: DomainError = {
  kind: "conflict",
  message: "This endpoint was updated a moment ago and cannot hold anything yet. Try again in a minute.",
};

function notHeld(state: DeliveryState): DomainError {
  if (state === "held") return { kind: "conflict", message: "This delivery is held already." };
  if (state !== "pending") return { kind: "conflict", message: `This delivery is ${state}: there is nothing to hold.` };
  const message =
    "This delivery is under way right now, or queued behind an earlier one: what waits for its next attempt can be held.";
  return { kind: "conflict", message };
}

type Decided = "retried" | "released" | "skipped" | "held";

function recordDecision(db: Database, target: DeliveryTarget, decided: Decided, act: Act): Promise<void> {
  const { organizationId, id, deliveryId } = target;
  const action = `delivery.${decided}` as const;
  const what = { organizationId, action, resourceType: "delivery", resourceIds: [deliveryId] };
  return recordAct(db, { ...what, after: { endpoint_id: id } }, act);
}
