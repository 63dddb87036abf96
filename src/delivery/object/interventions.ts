import { newId } from "../../lib/id";
import type { ReplayQuery } from "../contract";
import { addDelivery, changeHead, dropHead, idleHead, removeStream, type Lanes } from "./lanes";
import { copyForReplay, copyOne, countForReplay, decide, eraseStream, findDelivery } from "./storage";

// What people do to deliveries. Each changes the table and the lanes alike; the caller wakes the pump.

export type Bench = { sql: SqlStorage; lanes: Lanes; now: number; nextArrival(): number };

/** Sends a delivery again: one that waits is due at once, one that is over goes out as a replay. */
export function retryDelivery(bench: Bench, deliveryId: string): "scheduled" | "replayed" | "not_found" {
  const found = findDelivery(bench.sql, deliveryId);
  if (!found) return "not_found";
  if (found.open) {
    // Behind its head, or under way, its turn comes without anyone's help.
    if (idleHead(bench.lanes, found.key)) release(bench, found.key);
    return "scheduled";
  }
  const copy = copyOne(bench.sql, found.key, { ...marksOf(bench), replay: newReplay(bench) });
  if (!copy) return "not_found";
  addDelivery(bench.lanes, copy);
  return "replayed";
}

/** Ends the wait of a held head: one more try, or over and on with the lane. False when it is not waiting for that. */
export function settleHeld(bench: Bench, deliveryId: string, action: "release" | "skip"): boolean {
  const found = findDelivery(bench.sql, deliveryId);
  const head = found && idleHead(bench.lanes, found.key);
  if (!found || !head) return false;
  if (action === "release") {
    if (!head.held) return false;
    release(bench, found.key);
    return true;
  }
  decide(bench.sql, found.key, "skip", bench.now);
  dropHead(bench.lanes, found.key);
  return true;
}

/** Sends again what this object has seen of the query, each stream in order, in lanes of their own: the oldest `room`. */
export function replaySeen(bench: Bench, query: ReplayQuery, room: number, replay: number): number {
  const copies = copyForReplay(bench.sql, query, room, { ...marksOf(bench), replay });
  // The copies' arrivals run on from the first: the next delivery must come behind them.
  for (let used = 1; used < copies.length; used += 1) bench.nextArrival();
  for (const copy of copies) addDelivery(bench.lanes, copy);
  return copies.length;
}

/** How many deliveries such a replay would send. */
export function countSeen(sql: SqlStorage, query: ReplayQuery): number {
  return countForReplay(sql, query);
}

/** Forgets a call: every delivery of it, with what was sent and answered. */
export function eraseSeen(bench: Bench, stream: string): number {
  removeStream(bench.lanes, stream);
  return eraseStream(bench.sql, stream, bench.now);
}

function release(bench: Bench, key: { stream: string; seq: number; replay: number }): void {
  decide(bench.sql, key, "release", bench.now);
  changeHead(bench.lanes, key, { dueAt: bench.now, held: false });
}

function marksOf({ now, nextArrival }: Bench) {
  return { now, arrival: nextArrival(), newDeliveryId: () => newId("dlv", now) };
}

/** Replays are numbered by the clock, and two of one millisecond by their arrival. */
function newReplay(bench: Bench): number {
  return bench.nextArrival();
}
