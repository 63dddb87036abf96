import { HOUR, MINUTE, SECOND } from "../lib/time";

// Most platforms have the file within seconds of the hang-up; mixing and uploading of long calls takes minutes; past a
// quarter of an hour something is down, and a try each half hour is enough to notice that it is up again.
const FIRST_DELAYS = [5 * SECOND, 15 * SECOND, 60 * SECOND, 5 * MINUTE, 15 * MINUTE] as const;
const LATER_DELAY = 30 * MINUTE;
/** Jitter spreads what one outage has lined up: up to a tenth is added, never taken away. */
const JITTER = 0.1;
const LONGEST_RETRY_AFTER = HOUR;

/**
 * When to try again after the `attempts`-th try failed, in milliseconds since the epoch; null when that would be past
 * `giveUpAt`. A server's Retry-After (milliseconds) only ever lengthens the wait, to an hour at most. `random` is in [0, 1).
 */
export function nextTry(
  work: { attempts: number; giveUpAt: number },
  retryAfter: number | null,
  now: number,
  random: () => number,
): number | null {
  const delay = FIRST_DELAYS[work.attempts - 1] ?? LATER_DELAY;
  const asked = Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER);
  const due = now + Math.ceil(Math.max(delay, asked) * (1 + JITTER * random()));
  return due <= work.giveUpAt ? due : null;
}
