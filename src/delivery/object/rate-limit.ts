import type { EndpointConfig } from "../contract";

/** A token bucket. It starts empty: an object that was just woken does not know what it sent a moment ago. */
export type RateLimit = { perSecond: number; tokens: number; at: number };

/** A limit of `perSecond` attempts (it may be below 1), with bursts of at most one second's worth. */
export function newRateLimit(perSecond: number, now: number): RateLimit {
  return { perSecond, tokens: 0, at: now };
}

/** When the next attempt may be made, in milliseconds: `now` or later. */
export function nextTokenAt(limit: RateLimit, now: number): number {
  refill(limit, now);
  return limit.tokens >= 1 ? now : now + Math.ceil(((1 - limit.tokens) / limit.perSecond) * 1000);
}

/** Uses one token. Call it only when `nextTokenAt` gives now. */
export function takeToken(limit: RateLimit, now: number): void {
  refill(limit, now);
  limit.tokens -= 1;
}

function refill(limit: RateLimit, now: number): void {
  const earned = (Math.max(0, now - limit.at) / 1000) * limit.perSecond;
  limit.tokens = Math.min(Math.max(1, limit.perSecond), limit.tokens + earned);
  limit.at = Math.max(limit.at, now);
}

/** The rate limits of an object: of all its attempts, and the separate one of replays. */
export type Limits = { all: RateLimit | undefined; replays: RateLimit | undefined };

/**
 * Sets the limit of all attempts: this object's share of what the endpoint's settings say, none without them. An unchanged
 * limit keeps its tokens.
 */
export function limitAll(limits: Limits, config: EndpointConfig | undefined, now: number): void {
  const { ratePerSecond } = config?.settings ?? {};
  const perSecond = ratePerSecond && ratePerSecond / (config?.objects ?? 1);
  if (perSecond === undefined) limits.all = undefined;
  else if (limits.all?.perSecond !== perSecond) limits.all = newRateLimit(perSecond, now);
}
