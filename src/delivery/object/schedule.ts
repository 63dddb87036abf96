import { HOUR, MINUTE, SECOND } from "../../lib/time";

/** When to try again, and for how long one try may take. Milliseconds. */
export type RetryPolicy = {
  /** Waits before the second, third, … attempt: one more attempt than there are waits. */
  waits: readonly number[];
  /** Each wait is drawn from [1 - jitter, 1 + jitter] times its length, so that failures do not come back in step. */
  jitter: number;
  timeout: number;
};

/** The schedule the Standard Webhooks specification gives as its example: ten attempts over some 75 hours. */
export const STANDARD_POLICY: RetryPolicy = {
  waits: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.2,
  // The specification asks for 15 to 30 seconds; waiting is what an object is billed for, so the lower end.
  timeout: 15 * SECOND,
};

/** A profile's policy with what the endpoint's owner set differently. */
export function policyWith(policy: RetryPolicy, settings: { retryWaits?: number[]; timeout?: number }): RetryPolicy {
  return { ...policy, waits: settings.retryWaits ?? policy.waits, timeout: settings.timeout ?? policy.timeout };
}

/**
 * When the attempt after number `attempts` (counted from 1) is due, or undefined when the policy is spent. `retryAfter`
 * is what the subscriber asked for, in milliseconds: it may stretch a wait to twice its length, never shorten it.
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
