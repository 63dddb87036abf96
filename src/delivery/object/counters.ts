import { HOUR } from "../../lib/time";
import type { AttemptLogEntry, HealthReport } from "../contract";
import { codeOfAttempt } from "../health/failure-code";

/** Upper bounds of the latency buckets, in milliseconds. One more bucket counts everything slower. */
export const LATENCY_BUCKETS = [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/**
 * Counters in memory between two reports. An object that restarts loses at most a minute of them. The log is the source
 * of truth; these are for the health pages.
 */
export type Counters = {
  hours: Map<number, HealthReport["hours"][number]>;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  /** Of the failing streak: its last failure, and how many attempts failed since the last report. */
  failure: HealthReport["failure"];
};

export function newCounters(): Counters {
  return { hours: new Map(), lastSuccessAt: null, lastFailureAt: null, failure: null };
}

/** Keeps what the failing streak is of: one success ends it. */
export function countStreak(counters: Counters, attempt: AttemptLogEntry): void {
  const code = codeOfAttempt(attempt);
  if (code === null) counters.failure = null;
  else counters.failure = { code, status: attempt.status, failures: (counters.failure?.failures ?? 0) + 1 };
}

/** Counts one attempt that took from `startedAt` to `endedAt`. */
export function countAttempt(
  counters: Counters,
  attempt: { startedAt: number; endedAt: number },
  result: "delivered" | "failed" | "parked",
): void {
  const hour = Math.floor(attempt.endedAt / HOUR) * HOUR;
  const count = counters.hours.get(hour) ?? emptyHour(hour);
  counters.hours.set(hour, count);
  count.attempts += 1;
  if (result === "delivered") {
    count.delivered += 1;
    counters.lastSuccessAt = attempt.endedAt;
  } else {
    count.failed += 1;
    counters.lastFailureAt = attempt.endedAt;
  }
  if (result === "parked") count.parked += 1;
  const took = attempt.endedAt - attempt.startedAt;
  const bucket = LATENCY_BUCKETS.findIndex((bound) => took <= bound);
  const at = bucket === -1 ? LATENCY_BUCKETS.length : bucket;
  count.latencies[at] = (count.latencies[at] ?? 0) + 1;
}

/** The counters since the last report, by hour. */
export function hoursOf(counters: Counters): HealthReport["hours"] {
  return [...counters.hours.values()].map((hour) => ({ ...hour, latencies: [...hour.latencies] }));
}

/** Subtracts what was reported. What was counted while the report was written stays for the next one. */
export function forgetReported(counters: Counters, { hours, failure }: HealthReport): void {
  if (counters.failure && failure)
    counters.failure.failures = Math.max(0, counters.failure.failures - failure.failures);
  for (const { hour, attempts, delivered, failed, parked, latencies } of hours) {
    const count = counters.hours.get(hour);
    if (!count) continue;
    count.attempts -= attempts;
    count.delivered -= delivered;
    count.failed -= failed;
    count.parked -= parked;
    count.latencies = count.latencies.map((known, bucket) => known - (latencies[bucket] ?? 0));
    if (count.attempts === 0) counters.hours.delete(hour);
  }
}

function emptyHour(hour: number): HealthReport["hours"][number] {
  return {
    hour,
    attempts: 0,
    delivered: 0,
    failed: 0,
    parked: 0,
    latencies: Array.from({ length: LATENCY_BUCKETS.length + 1 }, () => 0),
  };
}
