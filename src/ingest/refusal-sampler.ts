import { MINUTE } from "../lib/time";

const CAPACITY = 1_000;
/** Refusals kept per minute and isolate where nobody vouches for the sender: an attacker must not fill the log. */
export const UNPROVEN_LIMIT = 10;
/** Of all groups together, for who knows the addresses of many organizations' sources. */
export const UNPROVEN_TOTAL = 60;
/** The same for senders who proved who they are: their calls are behind it, so a broken template loses none for long. */
export const PROVEN_LIMIT = 600;

/** `keep`: log it. `drop`: only count it; `first` marks the start of dropping in this minute. */
export type Sampling = { kind: "keep" } | { kind: "drop"; first: boolean };

export type RefusalSampler = (group: string, proven: boolean, now: number) => Sampling;

/** Lets the first refusals of each group in each minute through. One per isolate. */
export function refusalSampler(): RefusalSampler {
  let minute = -1;
  let unprovenKept = 0;
  // Apart, so that junk takes no room from those who proved themselves.
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
  // More groups in one minute than there can be organizations to serve: they share what is left.
  const name = counts.has(group) || counts.size < CAPACITY ? group : "";
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

function sampling(count: number, limit: number): Sampling {
  return count <= limit ? { kind: "keep" } : { kind: "drop", first: count === limit + 1 };
}
