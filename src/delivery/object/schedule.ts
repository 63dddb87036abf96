import { HOUR, MINUTE, SECOND } from "../../lib/time";

/** The retry schedule and the timeout of one attempt, in milliseconds. */
export type RetryPolicy = {
  /** The waits before the second, third, … attempt. There is one more attempt than there are waits. */
  waits: readonly number[];
  /**
   * Each wait is drawn from [1 - jitter, 1 + jitter] times its length, so that failed deliveries do not retry in step.
   */
  jitter: number;
  timeout: number;
};

/** The example schedule of the Standard Webhooks specification: ten attempts over about 75 hours. */
export const STANDARD_POLICY: RetryPolicy = {
  waits: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.2,
  // The specification asks for 15 to 30 seconds. Objects are billed while they wait, so this is the lower end.
  timeout: 15 * SECOND,
};

/** A profile's policy with the endpoint's own settings applied. */
export function policyWith(policy: RetryPolicy, settings: { retryWaits?: number[]; timeout?: number }): RetryPolicy {
  return { ...policy, waits: settings.retryWaits ?? policy.waits, timeout: settings.timeout ?? policy.timeout };
}

/**
 * When the attempt after number `attempts` (counted from 1) is due; undefined when no attempt is left. `retryAfter` is
 * the wait the subscriber asked for, in milliseconds: it may stretch a wait to twice its length and never shortens it.
 */
export function nextAttemptAt(
  policy: RetryPolicy,
  attempts: number,
  now: number,
  random: () => number,
  retryAfter?: number,
): number | undefined {
  const wait = policy.waits[attempts - 1];
  if (wait === undefined) return undefined;
  const jittered = wait * (1 - policy.jitter + 2 * policy.jitter * random());
  return now + Math.round(Math.max(jittered, Math.min(retryAfter ?? 0, 2 * wait)));
}
