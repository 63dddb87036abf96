import { newId } from "../../lib/id";
import type { EnqueuedEvent } from "../contract";
import { takeIn } from "./backlog";
import { keepFresh, type FreshEvents } from "./fresh-events";
import type { ObjectDeps } from "./interventions";
import { insertDeliveries, nextGenerations, withoutEarlier, type NewDelivery } from "./storage";

/**
 * Writes deliveries of the events and adds them to the backlog in the given order. Gives how many were new. `replay` is
 * 0 for first deliveries.
 */
export function takeEvents(
  { sql, backlog, now, nextArrival }: ObjectDeps,
  fresh: FreshEvents,
  events: readonly EnqueuedEvent[],
  replay: number,
): number {
  const given: NewDelivery[] = events.map((event) => ({
    event,
    replay,
    deliveryId: newId("dlv", now),
    arrival: nextArrival(),
    now,
  }));
  const added = new Map<string, NewDelivery>();
  for (let left = withoutEarlier(sql, given); left.length > 0;) {
    const ids = insertDeliveries(sql, left);
    for (const one of left) if (ids.has(one.deliveryId)) added.set(one.deliveryId, one);
    left =
      replay === 0
        ? nextGenerations(
            sql,
            left.filter(({ deliveryId }) => !added.has(deliveryId)),
          )
        : [];
  }
  for (const { event, deliveryId, arrival } of given) {
    const stored = added.get(deliveryId);
    if (!stored) continue;
    const key = { stream: event.stream, seq: event.seq, replay: stored.replay };
    // Behind a long backlog the first attempt is not soon, so the event is not kept in memory.
    if (backlog.rest === 0) keepFresh(fresh, key, { ...event, deliveryId });
    takeIn(backlog, { ...key, attempts: 0, dueAt: now, held: false }, arrival);
  }
  return added.size;
}
