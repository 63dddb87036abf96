import { OBJECT_GB, type Usage } from "./prices";

/** What is counted of an organization's use. `byteDays`: each byte of audio times the days it was kept. */
export type Counted = {
  calls: number;
  recordings: number;
  analyses: number;
  audioMs: number;
  delivered: number;
  attempts: number;
  byteDays: number;
};

/** Rows written to D1, step by step as in docs/understand/data.md. */
export const ROWS_WRITTEN = { calls: 9, recordings: 10, analyses: 8 } as const;

/** How long a subscriber is taken to answer: an object waits for it. */
const SUBSCRIBER_SECONDS = 0.15;
const DAYS_OF_A_MONTH = 30;

/**
 * What the counted work uses of each thing that is charged: an estimate from what one call was measured to use
 * (docs/understand/performance.md). Refused requests, the API and pages are not in it.
 */
export function usageOf({ calls, recordings, analyses, audioMs, attempts, byteDays }: Counted): Required<Usage> {
  return {
    requests: 7 * calls,
    cpuMs: 161 * calls + (123 * audioMs) / 60_000,
    queueOperations: 6 * (calls + recordings + analyses),
    d1RowsRead: 290 * calls,
    d1RowsWritten: rowsWritten({ calls, recordings, analyses }),
    r2ClassA: recordings,
    r2ClassB: analyses,
    objectRequests: 3 * calls,
    objectRowsRead: 10 * attempts,
    // One where the subscriber answers soon, three where not, and the share of alarms.
    objectRowsWritten: 2 * attempts,
    objectGbSeconds: attempts * SUBSCRIBER_SECONDS * OBJECT_GB,
    r2GbMonths: byteDays / 1e9 / DAYS_OF_A_MONTH,
  };
}

/**
 * What so many hours of listeners use without events (docs/understand/adr/0054-listeners-are-joined-to-one-object.md): they
 * come four times an hour, each time the object is asked twice, it renews its registration, and their Workers write
 * something against silence. Neither sleeps nor waiting is charged.
 */
export function usageOfListenerHours(hours: number): Usage {
  return { requests: 4 * hours, objectRequests: 14 * hours, d1RowsWritten: 6 * hours, cpuMs: 60 * hours };
}

export function rowsWritten({
  calls,
  recordings,
  analyses,
}: Pick<Counted, "calls" | "recordings" | "analyses">): number {
  return ROWS_WRITTEN.calls * calls + ROWS_WRITTEN.recordings * recordings + ROWS_WRITTEN.analyses * analyses;
}
