import type { Ordering } from "../contract";
import { addDelivery, freshHeads, newLanes, type Lanes, type OpenDelivery } from "./lanes";
import { countOpen, lastArrival, openDeliveries } from "./storage";

// The open deliveries of an object: the oldest of them laid out in lanes, the rest in the table until its turn comes. A
// backlog of a hundred thousand would take 60 MB of the object's memory and seconds of each start. Deliveries are laid
// out in the order of arrival, which within a stream is that of `seq`: what is still in the table never belongs before
// what is in a lane.

export type Backlog = {
  lanes: Lanes;
  /** The arrival of the last delivery that was laid out. */
  laidOutTo: number;
  /** Open deliveries that came later and lie in the table only. */
  rest: number;
};

/** Deliveries laid out in one go. */
export const LAID_OUT_AT_ONCE = 5_000;

/** With fewer first attempts than this in the lanes, or deliveries where one lane holds all, more are laid out. */
export const REFILL_BELOW = 1_000;

/** The backlog as the table has it. Gives it with the arrival of its last delivery. */
export function readBacklog(sql: SqlStorage, ordering: Ordering): { backlog: Backlog; lastArrival: number } {
  const backlog: Backlog = { lanes: newLanes(ordering), laidOutTo: 0, rest: countOpen(sql, 0) };
  layOutMore(backlog, sql);
  return { backlog, lastArrival: lastArrival(sql) };
}

/** All open deliveries, wherever they lie. */
export function openCount({ lanes, rest }: Backlog): number {
  return lanes.open + rest;
}

/** Takes in a delivery that was just written and came after every other. */
export function takeIn(backlog: Backlog, delivery: OpenDelivery, arrival: number): void {
  if (backlog.rest > 0) {
    backlog.rest += 1;
    return;
  }
  addDelivery(backlog.lanes, delivery);
  backlog.laidOutTo = Math.max(backlog.laidOutTo, arrival);
}

/** Lays out more of what waits in the table, once little is left that may be sent for the first time. */
export function refill(backlog: Backlog, sql: SqlStorage): void {
  while (backlog.rest > 0 && isLow(backlog.lanes)) layOutMore(backlog, sql);
}

/** Lays deliveries out until the one with this arrival is in its lane: a person wants it changed. */
export function layOutTo(backlog: Backlog, sql: SqlStorage, arrival: number): void {
  while (backlog.rest > 0 && backlog.laidOutTo < arrival) layOutMore(backlog, sql);
}

/** Counts anew what lies in the table: rows were deleted there. */
export function recount(backlog: Backlog, sql: SqlStorage): void {
  backlog.rest = backlog.rest === 0 ? 0 : countOpen(sql, backlog.laidOutTo);
}

// Where all deliveries share one lane there is one head, however many are laid out.
function isLow(lanes: Lanes): boolean {
  return (lanes.ordering === "endpoint" ? lanes.open : freshHeads(lanes)) < REFILL_BELOW;
}

function layOutMore(backlog: Backlog, sql: SqlStorage): void {
  const next = openDeliveries(sql, backlog.laidOutTo, LAID_OUT_AT_ONCE);
  for (const { open, arrival } of next) {
    addDelivery(backlog.lanes, open);
    backlog.laidOutTo = arrival;
  }
  // Fewer than asked for: that was the last of them, whatever the count says.
  backlog.rest = next.length < LAID_OUT_AT_ONCE ? 0 : Math.max(0, backlog.rest - next.length);
}
