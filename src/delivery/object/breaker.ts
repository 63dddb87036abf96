import { MINUTE, SECOND } from "../../lib/time";

// A circuit breaker. After a run of failures the endpoint is considered dead and gets one attempt per probe interval,
// not one per delivery. Waiting deliveries stay due, use up no attempts, and are sent as soon as a probe succeeds.

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

/**
 * A new breaker. `openSince` is when the circuit opened in the object's previous run, or null if it was closed; an open
 * one starts with an immediate probe.
 */
export function newBreaker(openSince: number | null, now: number): Breaker {
  return openSince === null
    ? { failures: 0, probeAt: null, probing: false, probes: 0 }
    : { failures: OPENS_AFTER, probeAt: now, probing: false, probes: 0 };
}

/** When an attempt may be made: now, at the next probe, or Infinity while a probe is under way. */
export function mayAttemptAt(breaker: Breaker, now: number): number {
  if (breaker.probeAt === null) return now;
  return breaker.probing ? Infinity : Math.max(now, breaker.probeAt);
}

/** Makes the next probe due now: a person changed the endpoint or asked for a retry. */
export function probeNow(breaker: Breaker, now: number): void {
  if (breaker.probeAt !== null && !breaker.probing) breaker.probeAt = now;
}

/** Records that an attempt was sent. With an open circuit it is the probe. */
export function attemptBegan(breaker: Breaker): void {
  if (breaker.probeAt !== null) breaker.probing = true;
}

/** Records that an attempt ended without a result for the endpoint. If it was the probe, another may be sent. */
export function attemptWasted(breaker: Breaker): void {
  breaker.probing = false;
}

/** Records the end of an attempt. Gives `opened` or `closed` when it changed the circuit. `random` is in [0, 1). */
export function attemptEnded(
  breaker: Breaker,
  succeeded: boolean,
  now: number,
  random: () => number,
): "opened" | "closed" | null {
  const wasOpen = breaker.probeAt !== null;
  // This attempt was sent before the circuit opened. It is no probe and must not delay the next one.
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
