import type { Ordering } from "../contract";
import { addDelivery, freshHeads, newLanes, type Lanes, type OpenDelivery } from "./lanes";
import { countOpen, lastArrival, openDeliveries } from "./storage";

// The open deliveries of an object. The oldest are in lanes in memory; the rest stay in the table until there is room.
// A backlog of 100,000 would take 60 MB of the object's memory and seconds at each start. Deliveries enter the lanes in
// the order of arrival. Within a stream that is the order of `seq`, so a delivery in the table never belongs before one
// in a lane.

export type Backlog = {
  lanes: Lanes;
  /** The arrival of the last delivery that is in a lane. */
  laidOutTo: number;
  /** The number of later open deliveries, which are only in the table. */
  rest: number;
};

/** How many deliveries one read moves from the table to the lanes. */
export const LAID_OUT_AT_ONCE = 5_000;

/**
 * More deliveries are read when fewer first attempts than this are in the lanes; where all share one lane, fewer
 * deliveries.
 */
export const REFILL_BELOW = 1_000;

/** Reads the backlog from the table. Gives it with the arrival of its last delivery. */
export function readBacklog(sql: SqlStorage, ordering: Ordering): { backlog: Backlog; lastArrival: number } {
  const backlog: Backlog = { lanes: newLanes(ordering), laidOutTo: 0, rest: countOpen(sql, 0) };
  layOutMore(backlog, sql);
  return { backlog, lastArrival: lastArrival(sql) };
}

/** The number of open deliveries, in lanes and in the table. */
export function openCount({ lanes, rest }: Backlog): number {
  return lanes.open + rest;
}

/** Adds a delivery that was just written and is the newest of all. */
export function takeIn(backlog: Backlog, delivery: OpenDelivery, arrival: number): void {
  if (backlog.rest > 0) {
    backlog.rest += 1;
    return;
  }
  addDelivery(backlog.lanes, delivery);
  backlog.laidOutTo = Math.max(backlog.laidOutTo, arrival);
}

/** Reads more deliveries from the table once few first attempts are left in the lanes. */
export function refill(backlog: Backlog, sql: SqlStorage): void {
  while (backlog.rest > 0 && isLow(backlog.lanes)) layOutMore(backlog, sql);
}

/** Reads from the table until the delivery with this arrival is in its lane. Called before a person's change to it. */
export function layOutTo(backlog: Backlog, sql: SqlStorage, arrival: number): void {
  while (backlog.rest > 0 && backlog.laidOutTo < arrival) layOutMore(backlog, sql);
}

/** Counts the deliveries in the table again, after rows were deleted. */
export function recount(backlog: Backlog, sql: SqlStorage): void {
  backlog.rest = backlog.rest === 0 ? 0 : countOpen(sql, backlog.laidOutTo);
}

// Where all deliveries share one lane there is only one head, however many deliveries are in it.
function isLow(lanes: Lanes): boolean {
  return (lanes.ordering === "endpoint" ? lanes.open : freshHeads(lanes)) < REFILL_BELOW;
}

function layOutMore(backlog: Backlog, sql: SqlStorage): void {
  const next = openDeliveries(sql, backlog.laidOutTo, LAID_OUT_AT_ONCE);
  for (const { open, arrival } of next) {
    addDelivery(backlog.lanes, open);
    backlog.laidOutTo = arrival;
  }
  // A short page is the last one, whatever the count says.
  backlog.rest = next.length < LAID_OUT_AT_ONCE ? 0 : Math.max(0, backlog.rest - next.length);
}
