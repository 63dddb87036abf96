import { DAY, SECOND } from "../../../lib/time";

/** The `retryPolicy` block of an endpoint, as the contract defines it. */
export type AuthentiVoiceRetryPolicy = { maxRetries: number; backoffMultiplier: number };

/** The limits of the block. */
export const RETRY_POLICY_LIMITS = { maxRetries: { min: 0, max: 20 }, backoffMultiplier: { min: 1, max: 10 } } as const;

// The contract's block has no base delay.
const FIRST_WAIT = 10 * SECOND;
const LONGEST_WAIT = DAY;

/** Milliseconds before each retry: 10 s, then each `backoffMultiplier` times the one before, none longer than a day. */
export function waitsOf({ maxRetries, backoffMultiplier }: AuthentiVoiceRetryPolicy): number[] {
  return Array.from({ length: maxRetries }, (_, index) =>
    Math.min(LONGEST_WAIT, Math.round(FIRST_WAIT * backoffMultiplier ** index)),
  );
}
