import { DAY } from "../../lib/time";
import { attemptEnded, newBreaker, type Breaker } from "./breaker";
import type { EndpointConfig, HealthReport } from "../contract";
import { openCount, type Backlog } from "./backlog";
import { nextDueAt } from "./lanes";
import { readStanding, writeStanding, type Standing, type Tell } from "./storage";
import type { Verdict } from "../profiles";
import { hoursOf, newCounters, type Counters } from "./counters";

// How an endpoint is doing: the breaker and the counters in memory, since when it fails in the table.

/** Open deliveries an object takes before it says that it is full. */
const MAX_BACKLOG = 100_000;
/** Parts of that at which the others are warned, and at which the next warning may come. */
const WARN_AT = 0.8;
const WARN_AGAIN_BELOW = 0.4;
/** After failing for so long without one success, the endpoint is disabled. */
export const DISABLE_AFTER = 5 * DAY;

export type EndpointState = { sql: SqlStorage; breaker: Breaker; standing: Standing; counters: Counters };

export function newEndpointState(sql: SqlStorage, now: number): EndpointState {
  const standing = readStanding(sql);
  return { sql, standing, breaker: newBreaker(standing.openSince, now), counters: newCounters() };
}

/** Takes an attempt's verdict in, and gives what the organization's other endpoints are to be told of it. */
export function judgeAttempt(state: EndpointState, config: EndpointConfig, verdict: Verdict, at: number): Tell[] {
  const change = attemptEnded(state.breaker, verdict === "delivered", at, () => Math.random());
  const { failingSince, openSince } = state.standing;
  if (verdict === "delivered") {
    if (failingSince !== null) setStanding(state, { failingSince: null, openSince: null });
    // By what is stored, not by the circuit: another life of the object may have opened it, or a replay closed it.
    return openSince !== null && failingSince !== null ? [{ kind: "recovered", at, failingSince }] : [];
  }
  if (failingSince === null || change === "opened")
    setStanding(state, { failingSince: failingSince ?? at, openSince: change === "opened" ? at : openSince });
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
export function judgeReplay({ breaker }: EndpointState, verdict: Verdict, at: number): void {
  if (breaker.probeAt !== null) attemptEnded(breaker, verdict === "delivered", at, () => Math.random());
}

/**
 * Begins a streak of failures anew: somebody has turned the endpoint on again and wants it tried. It has as long to mend
 * as if it had failed now for the first time, and the first success is told to those who heard that it was disabled.
 */
export function startAfresh(state: EndpointState, now: number): void {
  const failing = state.standing.failingSince !== null;
  state.breaker = newBreaker(failing ? now : null, now);
  if (failing) setStanding(state, { failingSince: now, openSince: now });
}

/** How many deliveries fit beside the `open` ones. */
export function roomBeside(config: EndpointConfig | undefined, open: number): number {
  return Math.max(0, maxBacklog(config) - open);
}

/** Gives a warning when the backlog has grown to four fifths of the cap, once until it has shrunk to two. */
export function watchBacklog(state: EndpointState, config: EndpointConfig, open: number, now: number): Tell[] {
  const limit = maxBacklog(config);
  if (state.standing.warned) {
    if (open < limit * WARN_AGAIN_BELOW) setStanding(state, { warned: false });
    return [];
  }
  if (open < limit * WARN_AT) return [];
  setStanding(state, { warned: true });
  return [{ kind: "backlog_high", at: now, backlog: open, limit }];
}

/** How an object of an endpoint stands. The hours are those counted since they were last taken. */
export function reportOf(state: EndpointState, object: string, backlog: Backlog, now: number): HealthReport {
  const { lastSuccessAt, lastFailureAt } = state.counters;
  const dueAt = nextDueAt(backlog.lanes) ?? null;
  return {
    object,
    backlog: openCount(backlog),
    oldestDueAt: dueAt !== null && dueAt <= now ? dueAt : null,
    lastSuccessAt,
    lastFailureAt,
    failingSince: state.standing.failingSince,
    hours: hoursOf(state.counters),
  };
}

function maxBacklog(config: EndpointConfig | undefined): number {
  return config?.settings.maxBacklog ?? MAX_BACKLOG;
}

function setStanding(state: EndpointState, change: Partial<Standing>): void {
  state.standing = { ...state.standing, ...change };
  writeStanding(state.sql, state.standing);
}
