import { MINUTE, SECOND } from "../../lib/time";

// A circuit breaker: after a run of failures the endpoint is taken for dead and costs one try for each probe, instead of
// one for each delivery. What waits stays due, spends none of its attempts, and goes out as soon as a probe succeeds.

export type Breaker = {
  failures: number;
  /** When the next probe may be sent; null while the circuit is closed. */
  probeAt: number | null;
  probing: boolean;
  probes: number;
};

/** Failures in a row, over all lanes, after which the circuit opens. */
export const OPENS_AFTER = 10;
const FIRST_PROBE = 30 * SECOND;
const LONGEST_PROBE = 15 * MINUTE;

/** A closed circuit, or, where it was open when its object was lost (since `openSince`), one that begins with a probe. */
export function newBreaker(openSince: number | null, now: number): Breaker {
  return openSince === null
    ? { failures: 0, probeAt: null, probing: false, probes: 0 }
    : { failures: OPENS_AFTER, probeAt: now, probing: false, probes: 0 };
}

/** When an attempt may be made: now, at the next probe, or (Infinity) once the probe under way is over. */
export function mayAttemptAt(breaker: Breaker, now: number): number {
  if (breaker.probeAt === null) return now;
  return breaker.probing ? Infinity : Math.max(now, breaker.probeAt);
}

/** Lets the next probe go at once: a person has changed something, or wants to see. */
export function probeNow(breaker: Breaker, now: number): void {
  if (breaker.probeAt !== null && !breaker.probing) breaker.probeAt = now;
}

/** An attempt goes out; under an open circuit it is the probe. */
export function attemptBegan(breaker: Breaker): void {
  if (breaker.probeAt !== null) breaker.probing = true;
}

/** An attempt is over that says nothing of the endpoint: if it was the probe, another may go in its place. */
export function attemptWasted(breaker: Breaker): void {
  breaker.probing = false;
}

/** An attempt is over. Gives `opened` or `closed` when that changed the circuit. `random` is in [0, 1). */
export function attemptEnded(
  breaker: Breaker,
  succeeded: boolean,
  now: number,
  random: () => number,
): "opened" | "closed" | null {
  const wasOpen = breaker.probeAt !== null;
  // One that was out already when the circuit opened: it is no probe, and must not put the next one off.
  if (wasOpen && !breaker.probing && !succeeded) return null;
  breaker.probing = false;
  if (succeeded) {
    Object.assign(breaker, { failures: 0, probeAt: null, probes: 0 });
    return wasOpen ? "closed" : null;
  }
  breaker.failures += 1;
  if (breaker.failures < OPENS_AFTER) return null;
  const wait = Math.min(LONGEST_PROBE, FIRST_PROBE * 2 ** breaker.probes);
  breaker.probeAt = now + Math.round(wait * (0.8 + 0.4 * random()));
  breaker.probes += 1;
  return wasOpen ? null : "opened";
}
