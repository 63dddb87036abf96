import { SECOND } from "../lib/time";
import { NOBODY, type Decision } from "./decision";

/** The reason of requests that are refused unread after too many refusals. */
export const SHUT_OUT = "too_many_refusals";
const OVER_LIMIT = "too_many_requests";
/** The limit counts per minute, and does not say where in the minute it is. */
const RETRY_AFTER_SECONDS = 60;

/** The decision on a request whose gate is closed until a time (milliseconds). */
export function shutOut(until: number, now: number): Decision {
  const refusal = {
    status: 429 as const,
    reason: SHUT_OUT,
    message: "Too many requests from this address were refused here. Mend what they were refused for, and try again.",
    retryAfter: Math.max(1, Math.ceil((until - now) / SECOND)),
  };
  return { sender: NOBODY, outcome: { verdict: "refused", refusal }, body: null, bodySize: 0 };
}

/** The decision on a verified request above its source's limit of this minute. */
export function overSourceLimit(decision: Decision): Decision {
  const refusal = {
    status: 429 as const,
    reason: OVER_LIMIT,
    message: "This source has sent more requests this minute than it may. Send this one again.",
    retryAfter: RETRY_AFTER_SECONDS,
  };
  return { ...decision, outcome: { verdict: "refused", refusal } };
}
