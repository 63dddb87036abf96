import { MINUTE } from "../lib/time";

/** Sources and hosts that kept this isolate waiting a moment ago: it does not begin with them again at once. */
export type SlowServers = {
  /** Why one of these keys is to be left to the lane; undefined when none is. */
  reasonFor(keys: readonly string[], now: number): string | undefined;
  remember(keys: readonly string[], reason: string, now: number): void;
};

const REMEMBERED_FOR = MINUTE;
const MOST = 1_000;

export function newSlowServers(): SlowServers {
  const known = new Map<string, { until: number; reason: string }>();
  return {
    reasonFor: (keys, now) => keys.map((key) => known.get(key)).find((one) => one && one.until > now)?.reason,
    remember: (keys, reason, now) => {
      for (const key of keys) {
        known.delete(key);
        // A Map keeps insertion order, so the first key is the oldest.
        const oldest = known.keys().next();
        if (known.size >= MOST && !oldest.done) known.delete(oldest.value);
        known.set(key, { until: now + REMEMBERED_FOR, reason });
      }
    },
  };
}
