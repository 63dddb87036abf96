import { SECOND } from "../lib/time";
import { NOBODY, type Decision } from "./decision";

/** Why a request of somebody who was refused too often is turned away unread. */
export const SHUT_OUT = "too_many_refusals";
const OVER_LIMIT = "too_many_requests";
/** The limit counts minutes; nobody tells us where in its minute we are. */
const RETRY_AFTER_SECONDS = 60;

/** What becomes of a request whose like are turned away until a moment (milliseconds). */
export function shutOut(until: number, now: number): Decision {
  const refusal = {
    status: 429 as const,
    reason: SHUT_OUT,
    message: "Too many requests from this address were refused here. Mend what they were refused for, and try again.",
    retryAfter: Math.max(1, Math.ceil((until - now) / SECOND)),
  };
  return { sender: NOBODY, outcome: { verdict: "refused", refusal }, body: null, bodySize: 0 };
}

/** What becomes of a proven request that is one too many for its source this minute. */
export function overSourceLimit(decision: Decision): Decision {
  const refusal = {
    status: 429 as const,
    reason: OVER_LIMIT,
    message: "This source has sent more requests this minute than it may. Send this one again.",
    retryAfter: RETRY_AFTER_SECONDS,
  };
  return { ...decision, outcome: { verdict: "refused", refusal } };
}
