import { newId } from "../../lib/id";
import type { ReplayQuery } from "../contract";
import { layOutTo, recount, takeIn, type Backlog } from "./backlog";
import { changeHead, dropHead, idleHead, removeStream } from "./lanes";
import { copyForReplay, copyOne, countForReplay, decide, eraseStream, findDelivery } from "./storage";

// What people do to deliveries. Each changes the table and the lanes alike; the caller wakes the pump.

export type ObjectDeps = { sql: SqlStorage; backlog: Backlog; now: number; nextArrival(): number };

/** Sends a delivery again: one that waits is due at once, one that is over goes out as a replay. */
export function retryDelivery(deps: ObjectDeps, deliveryId: string): "scheduled" | "replayed" | "not_found" {
  const found = findDelivery(deps.sql, deliveryId);
  if (!found) return "not_found";
  if (found.open) {
    layOutTo(deps.backlog, deps.sql, found.arrival);
    // Behind its head, or under way, its turn comes without anyone's help.
    if (idleHead(deps.backlog.lanes, found.key)) release(deps, found.key);
    return "scheduled";
  }
  const marks = marksOf(deps);
  const copy = copyOne(deps.sql, found.key, { ...marks, replay: newReplay(deps) });
  if (!copy) return "not_found";
  takeIn(deps.backlog, copy, marks.arrival);
  return "replayed";
}

/** Ends the wait of a held head: one more try, or over and on with the lane. False when it is not waiting for that. */
export function settleHeld(deps: ObjectDeps, deliveryId: string, action: "release" | "skip"): boolean {
  const found = findDelivery(deps.sql, deliveryId);
  if (!found?.open) return false;
  layOutTo(deps.backlog, deps.sql, found.arrival);
  const head = idleHead(deps.backlog.lanes, found.key);
  if (!head) return false;
  if (action === "release") {
    if (!head.held) return false;
    release(deps, found.key);
    return true;
  }
  decide(deps.sql, found.key, "skip", deps.now);
  dropHead(deps.backlog.lanes, found.key);
  return true;
}

/** Sends again what this object has seen of the query, each stream in order, in lanes of their own: the oldest `room`. */
export function replaySeen(deps: ObjectDeps, query: ReplayQuery, room: number, replay: number): number {
  const copies = copyForReplay(deps.sql, query, room, { ...marksOf(deps), replay });
  // The copies' arrivals run on from the first: the next delivery must come behind them.
  for (let used = 1; used < copies.length; used += 1) deps.nextArrival();
  for (const { open, arrival } of copies) takeIn(deps.backlog, open, arrival);
  return copies.length;
}

/** How many deliveries such a replay would send. */
export function countSeen(sql: SqlStorage, query: ReplayQuery): number {
  return countForReplay(sql, query);
}

/** Forgets a call: every delivery of it, with what was sent and answered. */
export function eraseSeen(deps: ObjectDeps, stream: string): number {
  removeStream(deps.backlog.lanes, stream);
  const erased = eraseStream(deps.sql, stream, deps.now);
  recount(deps.backlog, deps.sql);
  return erased;
}

function release(deps: ObjectDeps, key: { stream: string; seq: number; replay: number }): void {
  decide(deps.sql, key, "release", deps.now);
  changeHead(deps.backlog.lanes, key, { dueAt: deps.now, held: false });
}

function marksOf({ now, nextArrival }: ObjectDeps) {
  return { now, arrival: nextArrival(), newDeliveryId: () => newId("dlv", now) };
}

/** Replays are numbered by the clock, and two of one millisecond by their arrival. */
function newReplay(deps: ObjectDeps): number {
  return deps.nextArrival();
}
