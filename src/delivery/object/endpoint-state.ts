import { DAY } from "../../lib/time";
import { attemptEnded, newBreaker, type Breaker } from "./breaker";
import type { EndpointConfig, HealthReport } from "../contract";
import { nextDueAt, type Lanes } from "./lanes";
import { readStanding, writeStanding, type Standing, type Tell } from "./storage";
import type { Verdict } from "../profiles";
import { hoursOf, newTally, type Tally } from "./counters";

// How an endpoint is doing: the breaker and the counters in memory, since when it fails in the table.

/** Open deliveries an object takes before it says that it is full. */
const MAX_BACKLOG = 100_000;
/** Parts of that at which the others are warned, and at which the next warning may come. */
const WARN_AT = 0.8;
const WARN_AGAIN_BELOW = 0.4;
/** After failing for so long without one success, the endpoint is disabled. */
export const DISABLE_AFTER = 5 * DAY;

export type Vitals = { sql: SqlStorage; breaker: Breaker; standing: Standing; tally: Tally };

export function newVitals(sql: SqlStorage, now: number): Vitals {
  const standing = readStanding(sql);
  return { sql, standing, breaker: newBreaker(standing.openSince, now), tally: newTally() };
}

/** Takes an attempt's verdict in, and gives what the organization's other endpoints are to be told of it. */
export function judgeAttempt(vitals: Vitals, config: EndpointConfig, verdict: Verdict, at: number): Tell[] {
  const change = attemptEnded(vitals.breaker, verdict === "delivered", at, () => Math.random());
  const { failingSince, openSince } = vitals.standing;
  if (verdict === "delivered") {
    if (failingSince !== null) setStanding(vitals, { failingSince: null, openSince: null });
    // By what is stored, not by the circuit: another life of the object may have opened it, or a replay closed it.
    return openSince !== null && failingSince !== null ? [{ kind: "recovered", at, failingSince }] : [];
  }
  if (failingSince === null || change === "opened")
    setStanding(vitals, { failingSince: failingSince ?? at, openSince: change === "opened" ? at : openSince });
  if (verdict === "gone") return [{ kind: "disabled", reason: "gone", at }];
  const limit = config.settings.disableAfter ?? DISABLE_AFTER;
  return limit > 0 && failingSince !== null && at - failingSince >= limit
    ? [{ kind: "disabled", reason: "failing", at }]
    : [];
}

/**
 * Takes a replay's verdict in. It is no part of the endpoint's life and begins or ends no streak, but under an open
 * circuit it was sent as the probe, and the circuit has to hear how that went.
 */
export function judgeReplay({ breaker }: Vitals, verdict: Verdict, at: number): void {
  if (breaker.probeAt !== null) attemptEnded(breaker, verdict === "delivered", at, () => Math.random());
}

/**
 * Begins a streak of failures anew: somebody has turned the endpoint on again and wants it tried. It has as long to mend
 * as if it had failed now for the first time, and the first success is told to those who heard that it was disabled.
 */
export function startAfresh(vitals: Vitals, now: number): void {
  const failing = vitals.standing.failingSince !== null;
  vitals.breaker = newBreaker(failing ? now : null, now);
  if (failing) setStanding(vitals, { failingSince: now, openSince: now });
}

/** How many deliveries fit beside the `open` ones. */
export function roomBeside(config: EndpointConfig | undefined, open: number): number {
  return Math.max(0, maxBacklog(config) - open);
}

/** Gives a warning when the backlog has grown to four fifths of the cap, once until it has shrunk to two. */
export function watchBacklog(vitals: Vitals, config: EndpointConfig, open: number, now: number): Tell[] {
  const limit = maxBacklog(config);
  if (vitals.standing.warned) {
    if (open < limit * WARN_AGAIN_BELOW) setStanding(vitals, { warned: false });
    return [];
  }
  if (open < limit * WARN_AT) return [];
  setStanding(vitals, { warned: true });
  return [{ kind: "backlog_high", at: now, backlog: open, limit }];
}

/** How an object of an endpoint stands. The hours are those counted since they were last taken. */
export function reportOf(vitals: Vitals, object: string, lanes: Lanes, now: number): HealthReport {
  const { lastSuccessAt, lastFailureAt } = vitals.tally;
  const dueAt = nextDueAt(lanes) ?? null;
  return {
    object,
    backlog: lanes.open,
    oldestDueAt: dueAt !== null && dueAt <= now ? dueAt : null,
    lastSuccessAt,
    lastFailureAt,
    failingSince: vitals.standing.failingSince,
    hours: hoursOf(vitals.tally),
  };
}

function maxBacklog(config: EndpointConfig | undefined): number {
  return config?.settings.maxBacklog ?? MAX_BACKLOG;
}

function setStanding(vitals: Vitals, change: Partial<Standing>): void {
  vitals.standing = { ...vitals.standing, ...change };
  writeStanding(vitals.sql, vitals.standing);
}
