import { SECOND } from "../lib/time";
import { addCounts, hourOf, type RequestCount } from "../sources";
import type { IngestDeps } from "./deps";

/**
 * How often the counts of one isolate are written to the database, in milliseconds, from the first uncounted request
 * on.
 */
export const FLUSH_EVERY = 4 * SECOND;
/** A timer this late was lost with the request that set it. */
const TIMER_LOST = 2 * SECOND;
const TRIES = 3;
const TRY_AGAIN_AFTER = 2 * SECOND;

const CAPACITY = 1_000;
/** The room for source names that no one has looked up yet, because they may be made up. */
const CLAIMS = 200;
/** The reason that is counted when there is no room for more reasons. */
const OTHER = "other";

/**
 * A request counted here and not by the consumer. `organizationId` "" with a source: the source that the path names.
 */
export type Counted = Pick<RequestCount, "organizationId" | "sourceId" | "sourceKind" | "outcome" | "reason">;

type CounterDeps = Pick<IngestDeps, "db" | "waitUntil" | "pause" | "log" | "now">;

export type RefusalCounter = {
  /** Counts one request that arrived at `now`. */
  count(request: Counted, now: number, deps: CounterDeps): void;
  /** Call it with each request: it writes what a lost timer left. */
  tick(now: number, deps: CounterDeps): void;
};

/**
 * Counts in memory what is too cheap to send and too frequent to write, and writes the counts after the answers: the
 * first at once, later ones together, within five seconds. What cannot be written stays for the next write. An isolate
 * that ends loses at most five seconds of counts; a write whose answer is lost may count twice.
 */
export function refusalCounter(): RefusalCounter {
  let pending = new Map<string, RequestCount>();
  let claims = 0;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let timerAt: number | undefined;

  function add(count: RequestCount): void {
    const name = keyOf(count);
    const known = pending.get(name);
    if (known) {
      pending.set(name, merge(known, count));
      return;
    }
    const isClaim = count.organizationId === "" && count.sourceId !== "";
    if (isClaim && claims >= CLAIMS) return add({ ...count, sourceId: "" });
    if (pending.size >= CAPACITY && count.reason !== OTHER)
      return add({ ...count, organizationId: "", sourceId: "", reason: OTHER });
    if (isClaim) claims += 1;
    pending.set(name, count);
  }

  async function flush(deps: CounterDeps): Promise<void> {
    if (pending.size === 0) return;
    const taken = [...pending.values()];
    pending = new Map();
    claims = 0;
    flushedAt = deps.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await addCounts(deps.db, taken);
        return;
      } catch (error) {
        if (attempt < TRIES) {
          await deps.pause(TRY_AGAIN_AFTER);
          continue;
        }
        for (const count of taken) add(count);
        deps.log({ event: "refusals_not_counted", counts: taken.length, error: String(error) });
        return;
      }
    }
  }

  function settle(now: number, deps: CounterDeps): void {
    const due = flushedAt + FLUSH_EVERY;
    if (now >= due) {
      deps.waitUntil(flush(deps));
      return;
    }
    if (timerAt !== undefined && now <= timerAt + TIMER_LOST) return;
    timerAt = due;
    deps.waitUntil(
      deps.pause(due - now).then(() => {
        timerAt = undefined;
        return flush(deps);
      }),
    );
  }

  return {
    count: (request, now, deps) => {
      add({ ...request, hour: hourOf(now), requests: 1, lastAt: now });
      settle(now, deps);
    },
    tick: (now, deps) => {
      if (pending.size > 0) settle(now, deps);
    },
  };
}

function keyOf({ organizationId, sourceId, sourceKind, outcome, reason, hour }: RequestCount): string {
  return `${organizationId}|${sourceId}|${sourceKind}|${outcome}|${reason}|${hour}`;
}

function merge(one: RequestCount, other: RequestCount): RequestCount {
  return { ...one, requests: one.requests + other.requests, lastAt: Math.max(one.lastAt, other.lastAt) };
}
