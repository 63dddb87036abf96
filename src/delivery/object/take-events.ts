import { newId } from "../../lib/id";
import type { EnqueuedEvent } from "../contract";
import { takeIn } from "./backlog";
import { keepFresh, nameOf, type FreshEvents } from "./fresh-events";
import type { ObjectDeps } from "./interventions";
import { hasAny, insertDeliveries, nextGenerations, withoutEarlier, type NewDelivery } from "./storage";
import { keyOf, storedOf, type Unwritten } from "./unwritten";

/** Events that were taken: how many were new, and when all of them have a row; null where they have it already. */
export type Taken = { accepted: number; written: Promise<void> | null };

/** `slots`: those for first attempts that may be made before their rows are written; 0 where none may. */
type Deps = ObjectDeps & { fresh: FreshEvents; unwritten: Unwritten; slots: number };

/**
 * Adds deliveries of the events to the backlog in the given order: written, or kept until their first answer. `replay` is
 * 0 for first deliveries.
 */
export function takeEvents(deps: Deps, events: readonly EnqueuedEvent[], replay: number): Taken {
  const { sql, backlog, unwritten, now, nextArrival } = deps;
  // Offered again while its first attempt is under way: from here on it has a row that refuses it.
  if (events.some(({ stream, seq }) => unwritten.get({ stream, seq, replay }))) unwritten.write();
  const given: NewDelivery[] = events.map((event) => ({
    event,
    replay,
    deliveryId: newId("dlv", now),
    arrival: nextArrival(),
    now,
  }));
  const unknown = withoutEarlier(sql, given);
  if (replay === 0 && isTriedFirst(deps, unknown)) {
    for (const one of unknown) takeIn(backlog, openOf(one), one.arrival);
    return { accepted: unknown.length, written: unwritten.keep(unknown) };
  }
  const added = insertNew(sql, unknown, replay);
  for (const one of added) {
    // Behind a long backlog the first attempt is not soon, so the event is not kept in memory.
    if (backlog.rest === 0) keepFresh(deps.fresh, keyOf(one), storedOf(one));
    takeIn(backlog, openOf(one), one.arrival);
  }
  return { accepted: added.length, written: null };
}

function isTriedFirst({ sql, backlog, unwritten, slots }: Deps, given: readonly NewDelivery[]): boolean {
  return (
    slots > 0 &&
    given.length > 0 &&
    backlog.rest === 0 &&
    unwritten.areAnsweredSoon(backlog.lanes, given, slots) &&
    new Set(given.map(keyOf).map(nameOf)).size === given.length &&
    // Also of another generation: only the insert knows which number the next one has.
    given.every((one) => one.replay === 0) &&
    !hasAny(sql, given)
  );
}

/** Writes those that the object does not have. Gives them in their order, each under its generation. */
function insertNew(sql: SqlStorage, given: readonly NewDelivery[], replay: number): NewDelivery[] {
  const added = new Map<string, NewDelivery>();
  for (let left = [...given]; left.length > 0;) {
    const ids = insertDeliveries(sql, left);
    for (const one of left) if (ids.has(one.deliveryId)) added.set(one.deliveryId, one);
    const refused = left.filter(({ deliveryId }) => !added.has(deliveryId));
    left = replay === 0 ? nextGenerations(sql, refused) : [];
  }
  return given.flatMap(({ deliveryId }) => added.get(deliveryId) ?? []);
}

function openOf(one: NewDelivery) {
  return { ...keyOf(one), attempts: 0, dueAt: one.now, held: false };
}
