import { MINUTE } from "../lib/time";

const CAPACITY = 1_000;
/** Refusals kept per minute and isolate where nobody vouches for the sender: an attacker must not fill the log. */
export const UNPROVEN_LIMIT = 10;
/** The same for senders who proved who they are: their calls are behind it, so a broken template loses none for long. */
export const PROVEN_LIMIT = 600;

/** `keep`: log it. `drop`: only count it; `first` marks the start of dropping in this minute. */
export type Sampling = { kind: "keep" } | { kind: "drop"; first: boolean };

export type RefusalSampler = (group: string, limit: number, now: number) => Sampling;

/** Lets the first refusals of each group in each minute through. One per isolate. */
export function refusalSampler(): RefusalSampler {
  let minute = -1;
  const counts = new Map<string, number>();
  return (group, limit, now) => {
    const current = Math.floor(now / MINUTE);
    if (current !== minute) {
      minute = current;
      counts.clear();
    }
    // More groups in one minute than there can be organizations to serve: they share what is left.
    const name = counts.has(group) || counts.size < CAPACITY ? group : "";
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= limit ? { kind: "keep" } : { kind: "drop", first: count === limit + 1 };
  };
}
