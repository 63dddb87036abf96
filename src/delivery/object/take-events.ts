import { newId } from "../../lib/id";
import type { EnqueuedEvent } from "../contract";
import { takeIn } from "./backlog";
import { keepFresh, nameOf, type FreshEvents } from "./fresh-events";
import type { ObjectDeps } from "./interventions";
import { insertDeliveries, nextGenerations, withoutCurrent, withoutEarlier, type NewDelivery } from "./storage";
import { keyOf, storedOf, type Unwritten } from "./unwritten";

/** Events that were taken: how many were new, and when all that were given have a row. */
export type Taken = { accepted: number; written: Promise<unknown> };

/** `slots`: those for first attempts that may be made before their rows are written; 0 where none may. */
type Deps = Omit<ObjectDeps, "sql"> & {
  storage: Pick<DurableObjectStorage, "sql" | "transactionSync">;
  fresh: FreshEvents;
  unwritten: Unwritten;
  slots: number;
};

/**
 * Adds deliveries of the events to the backlog in the given order: written, or kept until their first answer. `replay` is
 * 0 for first deliveries.
 */
export function takeEvents(deps: Deps, events: readonly EnqueuedEvent[], replay: number): Taken {
  const { storage, backlog, unwritten, now, nextArrival } = deps;
  const { sql } = storage;
  const keptOf = (event: EnqueuedEvent) => unwritten.get({ ...event, replay })?.event.eventId;
  // Offered again while its first attempt is under way: its row is waited for, whoever brought it first.
  const again = new Set(events.filter((event) => keptOf(event) === event.eventId));
  const before = unwritten.whenWritten([...again].map((event) => ({ ...event, replay })));
  // A number that is used for another event, as after a restore: the row that is written now refuses it.
  if (events.some((event) => !again.has(event) && keptOf(event) !== undefined)) unwritten.write();
  const given: NewDelivery[] = events
    .filter((event) => !again.has(event))
    .map((event) => ({ event, replay, deliveryId: newId("dlv", now), arrival: nextArrival(), now }));
  const unknown = withoutEarlier(sql, given);
  const first = replay === 0 ? triedFirst(deps, unknown) : null;
  if (first) {
    for (const one of first) takeIn(backlog, openOf(one), one.arrival);
    return { accepted: first.length, written: Promise.all([before, unwritten.keep(first)]) };
  }
  // After a crash a later event of a call must not be there without the earlier.
  unwritten.write();
  const added = storage.transactionSync(() => insertNew(sql, unknown, replay));
  for (const one of added) {
    // Behind a long backlog the first attempt is not soon, so the event is not kept in memory.
    if (backlog.rest === 0) keepFresh(deps.fresh, keyOf(one), storedOf(one));
    takeIn(backlog, openOf(one), one.arrival);
  }
  return { accepted: added.length, written: before };
}

/** Those of the given that are new, where the first attempts of all of them may be made before their rows; else null. */
function triedFirst({ storage, backlog, unwritten, slots }: Deps, given: readonly NewDelivery[]): NewDelivery[] | null {
  const mayBe =
    slots > 0 &&
    backlog.rest === 0 &&
    new Set(given.map(keyOf).map(nameOf)).size === given.length &&
    // Also of another generation: only the insert knows which number the next one has.
    given.every((one) => one.replay === 0);
  const unknown = mayBe ? withoutCurrent(storage.sql, given) : null;
  if (!unknown || unknown.length === 0) return unknown;
  return unwritten.areAnsweredSoon(backlog.lanes, unknown, slots) ? unknown : null;
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
