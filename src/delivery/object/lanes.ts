import { newHeap, peekHeap, popHeap, pushHeap, type Heap } from "../../lib/heap";
import type { EndpointConfig, Ordering } from "../contract";

// What may be sent now, in memory. A lane holds the deliveries of one stream to this endpoint in strict order. Only its
// head may be under way, and a head that waits for its retry blocks only its own lane. Pure: no clock, storage or
// network.

/**
 * Identifies a delivery in an object. Each replay (above 0) is a lane of its own; generations (0 and below) share one
 * lane.
 */
export type DeliveryKey = { stream: string; seq: number; replay: number };

/**
 * An open delivery: `attempts` made so far, the next one due at `dueAt` (milliseconds). A held one waits for a person.
 */
export type OpenDelivery = DeliveryKey & { attempts: number; dueAt: number; held: boolean };

type Lane = { open: OpenDelivery[]; busy: boolean };
type Kind = "fresh" | "retry" | "replay";

export type Lanes = {
  ordering: Ordering;
  byName: Map<string, Lane>;
  /**
   * Lane heads by due time: first attempts, retries and replays. May hold outdated names, which are checked when taken
   * out.
   */
  heads: Record<Kind, Heap<string>>;
  open: number;
  /** Requests under way: all of them, and those that are not first attempts. */
  busy: number;
  busyRetries: number;
  /** Answered, but the outcome is not written yet: their lanes are still busy, their slots are free. */
  settling: Set<OpenDelivery>;
  /** How many first attempts went before a retry that was due longer. */
  passed: number;
};

/** The platform's limit of connections that may wait for an answer in one invocation: six. */
export const MAX_BUSY = 6;

/** How many requests to an endpoint may be under way. */
export function slotsOf(config: EndpointConfig | undefined): number {
  return Math.min(MAX_BUSY, config?.settings.concurrency ?? MAX_BUSY);
}

/** Retries and replays take at most two thirds of the slots, so that ones that hang never stop first attempts. */
export function retrySlots(slots: number): number {
  return Math.max(1, Math.floor((slots * 2) / 3));
}

/**
 * First attempts go before retries, so that under a rate limit they do not wait behind the retries of other calls.
 * After this many, one retry goes, or a busy endpoint would get no retries at all.
 */
const PASSES = 4;

export function newLanes(ordering: Ordering): Lanes {
  return {
    ordering,
    byName: new Map(),
    heads: { fresh: newHeap(), retry: newHeap(), replay: newHeap() },
    open: 0,
    busy: 0,
    busyRetries: 0,
    settling: new Set(),
    passed: 0,
  };
}

/** Adds an open delivery at the end of its lane. Call it in the order of arrival. */
export function addDelivery(lanes: Lanes, delivery: OpenDelivery): void {
  const name = laneOf(lanes.ordering, delivery);
  lanes.open += 1;
  const lane = lanes.byName.get(name);
  if (lane) {
    lane.open.push(delivery);
    return;
  }
  lanes.byName.set(name, { open: [delivery], busy: false });
  offerHead(lanes, name, delivery);
}

/**
 * Takes the first attempt or retry that has been due the longest and marks its lane busy; undefined if none may go now.
 * First attempts come first, replays last. `slots` is how many requests may be under way; `replays` is whether a replay
 * may go.
 */
export function takeDue(lanes: Lanes, now: number, slots: number, replays: boolean): OpenDelivery | undefined {
  if (lanes.busy >= slots) return undefined;
  const mayRetry = lanes.busyRetries < retrySlots(slots);
  const fresh = dueHead(lanes, "fresh", now);
  const retry = mayRetry ? dueHead(lanes, "retry", now) : undefined;
  const first = lanes.passed < PASSES ? (fresh ?? retry) : (retry ?? fresh);
  lanes.passed = retry && first === fresh ? lanes.passed + 1 : 0;
  const head = first ?? (mayRetry && replays ? dueHead(lanes, "replay", now) : undefined);
  if (!head) return undefined;
  popHeap(lanes.heads[kindOf(head)]);
  const lane = lanes.byName.get(laneOf(lanes.ordering, head));
  if (lane) lane.busy = true;
  lanes.busy += 1;
  if (kindOf(head) !== "fresh") lanes.busyRetries += 1;
  return head;
}

/** `taken` was answered: another lane may use its slot. Its own lane stays busy until the outcome is written. */
export function freeSlot(lanes: Lanes, taken: OpenDelivery): void {
  lanes.busy -= 1;
  if (kindOf(taken) !== "fresh") lanes.busyRetries -= 1;
  lanes.settling.add(taken);
}

/** `taken` stays open with this many attempts made: due again at `dueAt`, or held until a person decides. */
export function putBack(
  lanes: Lanes,
  taken: OpenDelivery,
  next: { attempts: number; dueAt: number; held?: boolean },
): void {
  const lane = release(lanes, taken);
  if (!lane) return;
  const head = { ...taken, ...next, held: next.held ?? false };
  lane.open[0] = head;
  offerHead(lanes, laneOf(lanes.ordering, head), head);
}

/** `taken` is closed: the next delivery of its lane may go as soon as it is due. */
export function closeDelivery(lanes: Lanes, taken: OpenDelivery): void {
  const lane = release(lanes, taken);
  if (lane) removeHead(lanes, laneOf(lanes.ordering, taken), lane);
}

/** Whether `taken` is still under way, or answered and not written: neither put back nor closed. */
export function isUnsettled(lanes: Lanes, taken: OpenDelivery): boolean {
  const lane = lanes.byName.get(laneOf(lanes.ordering, taken));
  return lane?.busy === true && lane.open[0] === taken;
}

/** The delivery, if it is the head of its lane and not under way; otherwise undefined. */
export function idleHead(lanes: Lanes, key: DeliveryKey): OpenDelivery | undefined {
  const lane = lanes.byName.get(laneOf(lanes.ordering, key));
  const head = lane?.open[0];
  return head && !lane.busy && sameKey(head, key) ? head : undefined;
}

/** Changes an idle head: its due time, and whether it is held. */
export function changeHead(lanes: Lanes, key: DeliveryKey, change: { dueAt: number; held: boolean }): void {
  const head = idleHead(lanes, key);
  if (!head) return;
  Object.assign(head, change);
  offerHead(lanes, laneOf(lanes.ordering, head), head);
}

/** Makes up to `most` idle heads due that wait for another attempt, in the order of their lanes, which is that of arrival. */
export function retryHeads(lanes: Lanes, now: number, most: number): void {
  let left = most;
  for (const [name, { open, busy }] of lanes.byName) {
    const [head] = open;
    if (left === 0) return;
    if (!head || busy || head.held || head.attempts === 0 || head.dueAt <= now) continue;
    head.dueAt = now;
    offerHead(lanes, name, head);
    left -= 1;
  }
}

/** Closes an idle head without sending it. */
export function dropHead(lanes: Lanes, key: DeliveryKey): void {
  const name = laneOf(lanes.ordering, key);
  const lane = lanes.byName.get(name);
  if (lane && idleHead(lanes, key)) removeHead(lanes, name, lane);
}

/** Removes every delivery of the stream that is not under way. */
export function removeStream(lanes: Lanes, stream: string): void {
  for (const [name, lane] of lanes.byName) {
    const kept = lane.open.filter((delivery, index) => delivery.stream !== stream || (lane.busy && index === 0));
    if (kept.length === lane.open.length) continue;
    lanes.open -= lane.open.length - kept.length;
    lane.open = kept;
    const [head] = kept;
    if (!head) lanes.byName.delete(name);
    else if (!lane.busy) offerHead(lanes, name, head);
  }
}

/** When the next head of these kinds is due, which may be in the past. Undefined when there is none. */
export function nextDueAt(lanes: Lanes, kinds: readonly Kind[] = ["fresh", "retry", "replay"]): number | undefined {
  const due = kinds.flatMap((kind) => headOf(lanes, kind)?.dueAt ?? []);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** The lane a delivery belongs to, under the endpoint's ordering. */
export function laneOf(ordering: Ordering, { replay, stream, seq }: DeliveryKey): string {
  switch (ordering) {
    case "call":
      return `${Math.max(0, replay)}/${stream}`;
    case "endpoint":
      return String(Math.max(0, replay));
    case "none":
      return `${replay}/${stream}/${seq}`;
  }
}

/** The number of lanes that may send a first attempt. An upper bound: outdated heap entries count too. */
export function freshHeads(lanes: Lanes): number {
  return lanes.heads.fresh.items.length;
}

function kindOf(delivery: OpenDelivery): Kind {
  if (delivery.replay > 0) return "replay";
  return delivery.attempts === 0 ? "fresh" : "retry";
}

function offerHead(lanes: Lanes, name: string, head: OpenDelivery): void {
  if (!head.held) pushHeap(lanes.heads[kindOf(head)], head.dueAt, name);
}

function dueHead(lanes: Lanes, kind: Kind, now: number): OpenDelivery | undefined {
  const first = headOf(lanes, kind);
  return first && first.dueAt <= now ? first : undefined;
}

function headOf(lanes: Lanes, kind: Kind): OpenDelivery | undefined {
  const heap = lanes.heads[kind];
  for (let entry = peekHeap(heap); entry; entry = peekHeap(heap)) {
    const lane = lanes.byName.get(entry.value);
    const delivery = lane?.open[0];
    if (delivery && !lane.busy && !delivery.held && kindOf(delivery) === kind && delivery.dueAt === entry.at)
      return delivery;
    popHeap(heap);
  }
  return undefined;
}

function removeHead(lanes: Lanes, name: string, lane: Lane): void {
  lane.open.shift();
  lanes.open -= 1;
  const head = lane.open[0];
  if (head) offerHead(lanes, name, head);
  else lanes.byName.delete(name);
}

function release(lanes: Lanes, taken: OpenDelivery): Lane | undefined {
  if (!lanes.settling.delete(taken)) {
    lanes.busy -= 1;
    if (kindOf(taken) !== "fresh") lanes.busyRetries -= 1;
  }
  const lane = lanes.byName.get(laneOf(lanes.ordering, taken));
  if (lane) lane.busy = false;
  return lane;
}

function sameKey(one: DeliveryKey, other: DeliveryKey): boolean {
  return one.stream === other.stream && one.seq === other.seq && one.replay === other.replay;
}
