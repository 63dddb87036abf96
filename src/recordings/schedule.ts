import { HOUR, MINUTE, SECOND } from "../lib/time";

// Most platforms have the file within seconds of the hang-up, and long calls after minutes of mixing and uploading.
// After a quarter of an hour something is down, and a try every half hour is enough to notice its return.
const FIRST_DELAYS = [5 * SECOND, 15 * SECOND, 60 * SECOND, 5 * MINUTE, 15 * MINUTE] as const;
const LATER_DELAY = 30 * MINUTE;
/** Spreads tries that one outage has aligned: adds up to a tenth, never subtracts. */
const JITTER = 0.1;
const LONGEST_RETRY_AFTER = HOUR;

/**
 * The time of the next try after `attempts` failed ones, in milliseconds since the epoch; null when it would be past
 * `giveUpAt`. A server's Retry-After (milliseconds) only lengthens the wait, to an hour at most. `random` is in [0, 1).
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
