import type { Ordering } from "./contract";
import type { ShardEpoch } from "../db/schema";
import { invalid, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { MINUTE } from "../lib/time";

// A busy endpoint spreads its calls over several objects. A call stays with the shard it began with, whatever the
// number of shards later: the object that has a call keeps its order and knows which events it already took.

/** 32 objects send more than any subscriber can take: one object sends hundreds of requests a second. */
export const MAX_SHARDS = 32;

/**
 * A change takes effect this much later, in milliseconds, so that everyone who read the endpoint just before it still
 * agrees on the shard of each call that has begun.
 */
export const EPOCH_LEAD = MINUTE;

/** The shard of a stream whose first event was recorded at `beganAt` (milliseconds, D1's clock). */
export function shardOf(epochs: readonly ShardEpoch[], stream: string, beganAt: number): number {
  const epoch = epochs.findLast((one) => one.since <= beganAt) ?? epochs[0];
  return epoch === undefined ? 0 : hash(stream) % epoch.shards;
}

/** The name of the object that holds a shard of an endpoint. */
export function objectName(endpointId: string, shard: number): string {
  return `${endpointId}/${shard}`;
}

/** The names of all objects that may hold deliveries of an endpoint: those of every epoch, shard 0 first. */
export function objectsOf(endpoint: { id: string; shards: readonly ShardEpoch[] }): string[] {
  const most = Math.max(1, ...endpoint.shards.map((epoch) => epoch.shards));
  return Array.from({ length: most }, (_, shard) => objectName(endpoint.id, shard));
}

/** How many objects new calls are spread over, and so share the rate limit: those of the newest epoch. */
export function objectsSharing(epochs: readonly ShardEpoch[]): number {
  return Math.max(1, epochs.at(-1)?.shards ?? 1);
}

/**
 * The epochs after a change of ordering, of the number of shards, or of both. `ordering: "endpoint"` is the order of
 * arrival in one object, so it allows no second one. `now` in milliseconds.
 */
export function planShards(
  known: { ordering: Ordering; shards: readonly ShardEpoch[] },
  change: { ordering?: Ordering; shards?: number },
  now: number,
): Result<ShardEpoch[], DomainError> {
  const count = change.shards ?? objectsSharing(known.shards);
  if (!Number.isInteger(count) || count < 1 || count > MAX_SHARDS) {
    return err(invalid("shards", `must be a whole number from 1 to ${MAX_SHARDS}`));
  }
  if ((change.ordering ?? known.ordering) === "endpoint" && count > 1) {
    return err(invalid("shards", 'must be 1 with ordering "endpoint": several objects have no common order'));
  }
  return ok(openEpoch(known.shards, count, now));
}

/**
 * The epochs with a new one, from `EPOCH_LEAD` after `now`, in which new calls spread over `count` objects. An epoch
 * that cannot be in use yet is replaced, so that changing back and forth does not grow the list.
 */
export function openEpoch(epochs: readonly ShardEpoch[], count: number, now: number): ShardEpoch[] {
  const last = epochs.at(-1);
  if (!last) return [{ since: now, shards: count }];
  if (last.shards === count) return [...epochs];
  // Half of the lead is reserved for clock differences.
  const unused = epochs.length > 1 && last.since - now > EPOCH_LEAD / 2;
  const kept = unused ? epochs.slice(0, -1) : epochs;
  if (kept.at(-1)?.shards === count) return [...kept];
  return [...kept, { since: Math.max(now + EPOCH_LEAD, last.since + 1), shards: count }];
}

/**
 * FNV-1a over the characters with one more mixing step, so that its low bits are evenly spread. It decides where the
 * deliveries of a call are stored, so it must never change. http://www.isthe.com/chongo/tech/comp/fnv/
 */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
