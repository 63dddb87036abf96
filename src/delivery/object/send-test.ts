import { newId } from "../../lib/id";
import type { DeliveryLogEntry, EnqueuedEvent } from "../contract";
import type { ObjectDeps } from "./interventions";
import { findDelivery, insertClosed, TEST_STREAM } from "./storage";
import { send, type SendDeps } from "./send";

/** How many tests of an endpoint may be under way: each holds a connection until its server has answered. */
export const TESTS_AT_ONCE = 2;

/** Runs a test, unless too many are under way: then null. */
export type TestSlots = <T>(run: () => Promise<T>) => Promise<T | null>;

export function newTestSlots(): TestSlots {
  let underWay = 0;
  return async (run) => {
    if (underWay >= TESTS_AT_ONCE) return null;
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  };
}

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
