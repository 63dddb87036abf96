import { newHeap, peekHeap, popHeap, pushHeap, type Heap } from "../lib/heap";

// What may be sent now, kept in memory. A lane is the deliveries of one stream to this endpoint, strictly in order: only
// its head may be under way, and a head that waits for its retry holds back its own lane and no other. Pure: no clock,
// no storage, no network.

/** The name of one delivery in an object. A replay is a lane of its own. */
export type DeliveryKey = { stream: string; seq: number; replay: number };

/** An open delivery: `attempts` made so far, next one due at `dueAt` (milliseconds). */
export type OpenDelivery = DeliveryKey & { attempts: number; dueAt: number };

type Lane = { open: OpenDelivery[]; busy: boolean };

export type Lanes = {
  byName: Map<string, Lane>;
  /** Heads that were never tried, and heads that were, each by due time. May hold stale names: checked on the way out. */
  fresh: Heap<string>;
  retries: Heap<string>;
  /** Open deliveries in memory, and how many are under way. */
  open: number;
  busy: number;
  busyRetries: number;
};

/** Six connections may wait for an answer in one invocation; retries take at most four, so first attempts go on. */
export const MAX_BUSY = 6;
export const MAX_BUSY_RETRIES = 4;

export function newLanes(): Lanes {
  return { byName: new Map(), fresh: newHeap(), retries: newHeap(), open: 0, busy: 0, busyRetries: 0 };
}

/** Adds an open delivery behind the others of its lane, which must come in ascending `seq`. */
export function addDelivery(lanes: Lanes, delivery: OpenDelivery): void {
  const name = laneOf(delivery);
  const lane = lanes.byName.get(name);
  if (!lane) {
    lanes.byName.set(name, { open: [delivery], busy: false });
    lanes.open += 1;
    offerHead(lanes, name, delivery);
    return;
  }
  const last = lane.open.at(-1);
  if (last && last.seq >= delivery.seq) return;
  lane.open.push(delivery);
  lanes.open += 1;
}

/** Whether `delivery` may be added when its lane's previous open delivery is `previous`: nothing in between is missing. */
export function followsOn(lanes: Lanes, delivery: DeliveryKey, previous: number | undefined): boolean {
  return previous === undefined || lanes.byName.get(laneOf(delivery))?.open.at(-1)?.seq === previous;
}

/** Takes the delivery that has been due the longest and marks its lane busy, or gives undefined if none may go now. */
export function takeDue(lanes: Lanes, now: number): OpenDelivery | undefined {
  if (lanes.busy >= MAX_BUSY) return undefined;
  const fresh = dueHead(lanes, lanes.fresh, now);
  const retry = lanes.busyRetries < MAX_BUSY_RETRIES ? dueHead(lanes, lanes.retries, now) : undefined;
  const head = fresh && retry ? (fresh.dueAt <= retry.dueAt ? fresh : retry) : (fresh ?? retry);
  if (!head) return undefined;
  popHeap(head.attempts === 0 ? lanes.fresh : lanes.retries);
  const lane = lanes.byName.get(laneOf(head));
  if (lane) lane.busy = true;
  lanes.busy += 1;
  if (head.attempts > 0) lanes.busyRetries += 1;
  return head;
}

/** `taken` stays open, with so many attempts made, and is due again at `dueAt`. */
export function putBack(lanes: Lanes, taken: OpenDelivery, next: { attempts: number; dueAt: number }): void {
  const lane = release(lanes, taken);
  if (!lane) return;
  const head = { ...taken, ...next };
  lane.open[0] = head;
  offerHead(lanes, laneOf(head), head);
}

/** The delivery `taken` is closed: the next of its lane may go, at once if it is due. */
export function closeDelivery(lanes: Lanes, taken: OpenDelivery): void {
  const lane = release(lanes, taken);
  if (!lane) return;
  lane.open.shift();
  lanes.open -= 1;
  const head = lane.open[0];
  if (head) offerHead(lanes, laneOf(head), head);
  else lanes.byName.delete(laneOf(taken));
}

/** When the next head falls due (it may be in the past), or undefined when every lane is empty or busy. */
export function nextDueAt(lanes: Lanes): number | undefined {
  const fresh = headOf(lanes, lanes.fresh)?.dueAt;
  const retry = headOf(lanes, lanes.retries)?.dueAt;
  return fresh === undefined ? retry : retry === undefined ? fresh : Math.min(fresh, retry);
}

export function laneOf(key: DeliveryKey): string {
  return `${key.replay}/${key.stream}`;
}

function offerHead(lanes: Lanes, name: string, delivery: OpenDelivery): void {
  pushHeap(delivery.attempts === 0 ? lanes.fresh : lanes.retries, delivery.dueAt, name);
}

function dueHead(lanes: Lanes, heap: Heap<string>, now: number): OpenDelivery | undefined {
  const first = headOf(lanes, heap);
  return first && first.dueAt <= now ? first : undefined;
}

function headOf(lanes: Lanes, heap: Heap<string>): OpenDelivery | undefined {
  for (let entry = peekHeap(heap); entry; entry = peekHeap(heap)) {
    const lane = lanes.byName.get(entry.value);
    const delivery = lane?.open[0];
    if (delivery && !lane.busy && delivery.dueAt === entry.at) return delivery;
    popHeap(heap);
  }
  return undefined;
}

function release(lanes: Lanes, taken: OpenDelivery): Lane | undefined {
  lanes.busy -= 1;
  if (taken.attempts > 0) lanes.busyRetries -= 1;
  const lane = lanes.byName.get(laneOf(taken));
  if (lane) lane.busy = false;
  return lane;
}
