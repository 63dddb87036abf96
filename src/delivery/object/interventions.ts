import { newId } from "../../lib/id";
import type { DeliveryState, HoldOutcome, ReplayQuery, RetryOutcome } from "../contract";
import { layOutTo, recount, takeIn, type Backlog } from "./backlog";
import { changeHead, dropHead, idleHead, removeStream, retryHeads } from "./lanes";
import {
  copyForReplay,
  copyOne,
  countForReplay,
  decide,
  eraseStream,
  findDelivery,
  HELD_BY_PERSON,
  MOST_RETRIED,
  retryWaiting,
} from "./storage";

// What people do to deliveries. Each function changes table and lanes together; the caller then wakes the pump.

export type ObjectDeps = { sql: SqlStorage; backlog: Backlog; now: number; nextArrival(): number };

/**
 * Sends a delivery again: a waiting one becomes due at once, a closed one is sent as a replay. `seen`: the state that whoever
 * asks has in mind; in another one nothing is done.
 */
export function retryDelivery(deps: ObjectDeps, deliveryId: string, seen?: DeliveryState): RetryOutcome {
  const found = findDelivery(deps.sql, deliveryId);
  if (!found) return "not_found";
  if (seen !== undefined && found.entry.state !== seen) return "changed";
  if (found.open) {
    layOutTo(deps.backlog, deps.sql, found.arrival);
    // A delivery that is not the idle head of its lane is sent in its turn anyway.
    if (idleHead(deps.backlog.lanes, found.key)) release(deps, found.key);
    return "scheduled";
  }
  const marks = marksOf(deps);
  const copy = copyOne(deps.sql, found.table, found.key, { ...marks, replay: newReplay(deps) });
  if (!copy) return "not_found";
  takeIn(deps.backlog, copy, marks.arrival);
  return "replayed";
}

/** Makes everything due at once that waits for another attempt, up to `MOST_RETRIED` deliveries. Held ones stay held. */
export function retryAll({ sql, backlog, now }: ObjectDeps): { retried: number; more: boolean } {
  retryHeads(backlog.lanes, now, MOST_RETRIED);
  return retryWaiting(sql, now);
}

/**
 * Decides on a head at rest: a held one gets one more attempt, or one that is held or waits is skipped and its lane goes on.
 * False when there is nothing to decide, or it is in another state than `seen`.
 */
export function settleHeld(
  deps: ObjectDeps,
  deliveryId: string,
  action: "release" | "skip",
  seen?: DeliveryState,
): boolean {
  const found = findDelivery(deps.sql, deliveryId);
  if (!found?.open || (seen !== undefined && found.entry.state !== seen)) return false;
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

/**
 * Holds a head that waits for its next attempt, as one is held that has used up its attempts: until a person decides. One
 * that is under way, or queued behind another, does not wait. `dryRun` says what would come of it.
 */
export function holdHead(deps: ObjectDeps, deliveryId: string, { dryRun }: { dryRun: boolean }): HoldOutcome {
  const found = findDelivery(deps.sql, deliveryId);
  if (!found) return "not_found";
  if (!found.open) return "not_waiting";
  layOutTo(deps.backlog, deps.sql, found.arrival);
  const head = idleHead(deps.backlog.lanes, found.key);
  if (!head || head.held) return "not_waiting";
  if (dryRun) return "held";
  decide(deps.sql, found.key, "hold", deps.now);
  changeHead(deps.backlog.lanes, found.key, { dueAt: HELD_BY_PERSON, held: true });
  return "held";
}

/** Sends the oldest `room` deliveries that match the query again, each stream in order and in its own lane. */
export function replaySeen(deps: ObjectDeps, query: ReplayQuery, room: number, replay: number): number {
  const copies = copyForReplay(deps.sql, query, room, { ...marksOf(deps), replay });
  // The copies take consecutive arrivals from the first one: the next delivery must come after them.
  for (let used = 1; used < copies.length; used += 1) deps.nextArrival();
  for (const { open, arrival } of copies) takeIn(deps.backlog, open, arrival);
  return copies.length;
}

/** How many deliveries that replay would send, up to one more than `COUNTED_TO`. */
export function countSeen(sql: SqlStorage, query: ReplayQuery): number {
  return countForReplay(sql, query);
}

/** Erases calls: every delivery of them, with its requests and answers. Gives the number of deliveries. */
export function eraseSeen(deps: ObjectDeps, streams: readonly string[]): number {
  let erased = 0;
  for (const stream of streams) {
    removeStream(deps.backlog.lanes, stream);
    erased += eraseStream(deps.sql, stream, deps.now);
  }
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

/** A replay is numbered by the clock; two in the same millisecond differ by their arrival. */
function newReplay(deps: ObjectDeps): number {
  return deps.nextArrival();
}
