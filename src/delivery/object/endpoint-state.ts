import { DAY } from "../../lib/time";
import { attemptEnded, newBreaker, type Breaker } from "./breaker";
import type { EndpointConfig, HealthReport, Rest } from "../contract";
import { openCount, type Backlog } from "./backlog";
import { nextDueAt } from "./lanes";
import { hasGaps, readPersistedState, writePersistedState, type PersistedState, type PendingNotice } from "./storage";
import type { Verdict } from "../profiles";
import { hoursOf, newCounters, type Counters } from "./counters";

// The state of an endpoint: breaker and counters in memory; the failing streak in the object's table.

/** The number of open deliveries at which an object answers `full`. */
const MAX_BACKLOG = 100_000;
/**
 * Fractions of that limit: above the first a warning is recorded, below the second the next warning becomes possible.
 */
const WARN_AT = 0.8;
const WARN_AGAIN_BELOW = 0.4;
/** An endpoint that fails for this long without one success is disabled. */
export const DISABLE_AFTER = 5 * DAY;

export type EndpointState = {
  sql: SqlStorage;
  breaker: Breaker;
  persisted: PersistedState;
  counters: Counters;
  /** False while no delivery of the object was ever given up: then no attempt looks for a gap before it. */
  mayHaveGaps: boolean;
};

export function newEndpointState(sql: SqlStorage, now: number): EndpointState {
  const persisted = readPersistedState(sql);
  const breaker = newBreaker(persisted.openSince, now);
  return { sql, persisted, breaker, counters: newCounters(), mayHaveGaps: hasGaps(sql) };
}

/** Applies the verdict of an attempt. Gives the notices to record about the endpoint. */
export function judgeAttempt(
  state: EndpointState,
  config: EndpointConfig,
  verdict: Verdict,
  at: number,
): PendingNotice[] {
  const change = attemptEnded(state.breaker, verdict === "delivered", at, () => Math.random());
  const { failingSince, openSince } = state.persisted;
  if (verdict === "delivered") {
    if (failingSince !== null) persist(state, { failingSince: null, openSince: null });
    // Decided by the stored state, not by the circuit: an earlier run of the object may have opened it, or a replay
    // closed it.
    return openSince !== null && failingSince !== null ? [{ kind: "recovered", at, failingSince }] : [];
  }
  if (failingSince === null || change === "opened")
    persist(state, { failingSince: failingSince ?? at, openSince: change === "opened" ? at : openSince });
  if (verdict === "gone") return [{ kind: "disabled", reason: "gone", at }];
  const limit = config.settings.disableAfter ?? DISABLE_AFTER;
  return limit > 0 && failingSince !== null && at - failingSince >= limit
    ? [{ kind: "disabled", reason: "failing", at }]
    : [];
}

/**
 * Applies the verdict of a replay. A replay neither starts nor ends a failing streak. With an open circuit it was sent
 * as the probe, so the breaker needs its result.
 */
export function judgeReplay({ breaker }: EndpointState, verdict: Verdict, at: number): void {
  if (breaker.probeAt !== null) attemptEnded(breaker, verdict === "delivered", at, () => Math.random());
}

/**
 * Restarts the failing streak: a person turned the endpoint on again and wants it tried. It gets the full time before
 * it is disabled again. Its first success is recorded as a recovery, for those who received `endpoint.disabled`.
 */
export function restartStreak(state: EndpointState, now: number): void {
  const failing = state.persisted.failingSince !== null;
  state.breaker = newBreaker(failing ? now : null, now);
  if (failing) persist(state, { failingSince: now, openSince: now });
}

/** How many more deliveries fit, with `open` deliveries in the backlog. */
export function roomBeside(config: EndpointConfig | undefined, open: number): number {
  return Math.max(0, maxBacklog(config) - open);
}

/**
 * Gives a warning when the backlog reaches four fifths of its limit, and no other until it has fallen below two fifths.
 */
export function watchBacklog(state: EndpointState, config: EndpointConfig, open: number, now: number): PendingNotice[] {
  const limit = maxBacklog(config);
  if (state.persisted.warned) {
    if (open < limit * WARN_AGAIN_BELOW) persist(state, { warned: false });
    return [];
  }
  if (open < limit * WARN_AT) return [];
  persist(state, { warned: true });
  return [{ kind: "backlog_high", at: now, backlog: open, limit }];
}

/**
 * Whether a first attempt may be made before its row is written: nothing failed since the last success, and no gap would be
 * told twice, which without an order only the rows of the events before can prevent.
 */
export function isUntroubled(
  { persisted, breaker, mayHaveGaps }: EndpointState,
  config: EndpointConfig | undefined,
): boolean {
  // The circuit is also opened by our own failures, which start no streak.
  return persisted.failingSince === null && breaker.probeAt === null && !(mayHaveGaps && config?.ordering === "none");
}

/** Why what is due is not sent, but for a probe; null where it is. `isStopped`: it answered that it wants no more. */
export function restOf(
  { breaker }: EndpointState,
  config: EndpointConfig | undefined,
  isStopped: boolean,
): Rest | null {
  if (!config?.active || isStopped) return "inactive";
  if (config.paused) return "paused";
  return breaker.probeAt === null ? null : "circuit_open";
}

/** The health report of one object. Its hours are those counted since the last report. */
export function reportOf(state: EndpointState, object: string, backlog: Backlog, now: number): HealthReport {
  const { lastSuccessAt, lastFailureAt } = state.counters;
  const dueAt = nextDueAt(backlog.lanes) ?? null;
  return {
    object,
    backlog: openCount(backlog),
    oldestDueAt: dueAt !== null && dueAt <= now ? dueAt : null,
    lastSuccessAt,
    lastFailureAt,
    failingSince: state.persisted.failingSince,
    failure: state.counters.failure ? { ...state.counters.failure } : null,
    hours: hoursOf(state.counters),
  };
}

function maxBacklog(config: EndpointConfig | undefined): number {
  return config?.settings.maxBacklog ?? MAX_BACKLOG;
}

function persist(state: EndpointState, change: Partial<PersistedState>): void {
  state.persisted = { ...state.persisted, ...change };
  writePersistedState(state.sql, state.persisted);
}
