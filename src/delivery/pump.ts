import { MINUTE } from "../lib/time";
import { addDelivery, followsOn, nextDueAt, takeDue, type Lanes, type OpenDelivery } from "./lanes";

/** An alarm no later than this far ahead stands in storage before any request goes out: what restarts a lost object. */
export const LEASE = MINUTE;

/** After so long in one go the pump leaves and comes back by alarm: the platform ends an alarm after 15 minutes. */
const MAX_RUN = 10 * MINUTE;

/** Below this many deliveries in memory, more are read from the table. */
const REFILL_BELOW = 1_000;

export type PumpParts = {
  lanes: Lanes;
  /** Makes one attempt and settles it in lanes and table. Never throws. */
  send(delivery: OpenDelivery): Promise<void>;
  /** Reads more open deliveries; `complete` when the table holds no others. */
  refill(): { open: OpenDelivery[]; complete: boolean };
  /** The `seq` of the open delivery right before this one in its lane, if there is one. */
  previousOpen(delivery: OpenDelivery): number | undefined;
  /** Makes sure that an alarm stands at `at` or earlier. */
  ensureAlarm(at: number): Promise<void>;
  /** False while the endpoint is inactive or deleted. */
  mayRun(): boolean;
  now(): number;
};

export type Pump = {
  /** Sends what is due, or makes the running pump look again. Resolves when nothing more is due. */
  wake(): Promise<void>;
  /** Takes in a delivery that was just written to the table. */
  add(delivery: OpenDelivery): void;
};

/** The one loop of an object that sends: an enqueue wakes it, the alarm only restarts it. */
export function newPump(parts: PumpParts): Pump {
  let active = false;
  let current: Promise<void> = Promise.resolve();
  let ring: (() => void) | undefined;
  // Nothing is in memory yet: the first run reads the table.
  let complete = false;

  function wake(): Promise<void> {
    ring?.();
    if (!active) {
      active = true;
      current = run();
    }
    return current;
  }

  function add(delivery: OpenDelivery): void {
    // While the table holds more than memory does, only what follows on in memory may be added out of turn.
    if (complete || followsOn(parts.lanes, delivery, parts.previousOpen(delivery))) addDelivery(parts.lanes, delivery);
  }

  async function run(): Promise<void> {
    try {
      const leaveAt = parts.now() + MAX_RUN;
      while (parts.mayRun()) {
        refillIfLow();
        const now = parts.now();
        if (now < leaveAt) launchDue(now);
        const due = nextDueAt(parts.lanes);
        if (parts.lanes.busy > 0) {
          // While requests are out, the alarm both restarts a lost object and wakes this loop for the next retry.
          const rung = new Promise<void>((resolve) => (ring = resolve));
          await parts.ensureAlarm(Math.min(now + LEASE, Math.max(due ?? Infinity, now + 1)));
          await rung;
          continue;
        }
        if (due === undefined) return;
        await parts.ensureAlarm(Math.max(due, now));
        // Something may have come in during the wait: only leave when that is not so.
        if (now >= leaveAt || (nextDueAt(parts.lanes) ?? Infinity) > parts.now()) return;
      }
    } finally {
      // In the same turn as the last look at the lanes, so that no wake falls between the two.
      active = false;
    }
  }

  function launchDue(now: number): void {
    for (let next = takeDue(parts.lanes, now); next; next = takeDue(parts.lanes, now)) {
      void parts.send(next).finally(() => ring?.());
    }
  }

  function refillIfLow(): void {
    if (complete || parts.lanes.open >= REFILL_BELOW) return;
    const read = parts.refill();
    complete = read.complete;
    for (const delivery of read.open) addDelivery(parts.lanes, delivery);
  }

  return { wake, add };
}
