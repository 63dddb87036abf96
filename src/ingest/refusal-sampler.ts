import { MINUTE } from "../lib/time";

const CAPACITY = 1_000;
/** Refusals of unverified senders kept per minute and isolate: an attacker must not fill the log. */
export const UNPROVEN_LIMIT = 10;
/** The limit over all groups, against someone who knows the addresses of many sources. */
export const UNPROVEN_TOTAL = 60;
/** The limit for verified senders: their calls depend on it, so that a broken template loses none for long. */
export const PROVEN_LIMIT = 600;

/** `keep`: log it. `drop`: only count it; `first` marks the first dropped one of this minute. */
export type Sampling = { kind: "keep" } | { kind: "drop"; first: boolean };

export type RefusalSampler = (group: string, proven: boolean, now: number) => Sampling;

/** Lets the first refusals of each group through in each minute. One per isolate. */
export function refusalSampler(): RefusalSampler {
  let minute = -1;
  let unprovenKept = 0;
  // Counted separately, so that junk takes no room from verified senders.
  const proven = new Map<string, number>();
  const unproven = new Map<string, number>();
  return (group, isProven, now) => {
    const current = Math.floor(now / MINUTE);
    if (current !== minute) {
      minute = current;
      unprovenKept = 0;
      proven.clear();
      unproven.clear();
    }
    if (isProven) return sampling(countIn(proven, group), PROVEN_LIMIT);
    const own = sampling(countIn(unproven, group), UNPROVEN_LIMIT);
    if (own.kind === "drop") return own;
    unprovenKept += 1;
    return sampling(unprovenKept, UNPROVEN_TOTAL);
  };
}

function countIn(counts: Map<string, number>, group: string): number {
  // More groups in one minute than an isolate serves organizations: the others share one group.
  const name = counts.has(group) || counts.size < CAPACITY ? group : "";
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

function sampling(count: number, limit: number): Sampling {
  return count <= limit ? { kind: "keep" } : { kind: "drop", first: count === limit + 1 };
}
