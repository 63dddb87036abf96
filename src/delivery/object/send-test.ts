import { newId } from "../../lib/id";
import type { DeliveryLogEntry, EnqueuedEvent } from "../contract";
import type { ObjectDeps } from "./interventions";
import { findDelivery, insertClosed, TEST_STREAM } from "./storage";
import { send, type SendDeps } from "./send";

/** Sends an event once, beside the lanes, and logs it as a test: no retry follows, and no streak knows of it. */
export async function sendTest(
  { sql, now, nextArrival }: ObjectDeps,
  event: EnqueuedEvent,
  context: SendDeps,
): Promise<DeliveryLogEntry> {
  const arrival = nextArrival();
  const deliveryId = newId("dlv", now);
  const due = { stream: event.stream, seq: event.seq, replay: 0, attempts: 0, dueAt: now };
  const { outcome, verdict } = await send(due, { ...event, deliveryId }, context);
  const state = verdict === "delivered" ? "delivered" : "parked";
  // A stream and number of its own: it must not stand in the way of the event it resembles.
  const logged = { event: { ...event, stream: TEST_STREAM, seq: arrival }, replay: 0, deliveryId, arrival, now };
  insertClosed(sql, logged, { ...outcome, state, finishedAt: outcome.entry.endedAt });
  return findDelivery(sql, deliveryId)!.entry;
}
