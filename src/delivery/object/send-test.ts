import { newId } from "../../lib/id";
import type { DeliveryLogEntry, EnqueuedEvent } from "../contract";
import type { ObjectDeps } from "./interventions";
import { findDelivery, insertClosed, TEST_STREAM } from "./storage";
import { send, type SendDeps } from "./send";

/** Sends an event once, outside the lanes, and logs it as a test. There is no retry, and streaks are not affected. */
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
  // A stream and number of its own, so that it cannot collide with the event it copies.
  const logged = { event: { ...event, stream: TEST_STREAM, seq: arrival }, replay: 0, deliveryId, arrival, now };
  insertClosed(sql, logged, { ...outcome, state, finishedAt: outcome.entry.endedAt });
  return findDelivery(sql, deliveryId)!.entry;
}
