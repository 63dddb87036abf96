import { addNewest } from "../lib/newest";
import { SECOND } from "../lib/time";

/** How long a revoked key or a changed source may still work, in milliseconds: the documented revocation delay. */
export const FOUND_TTL = 60 * SECOND;
/** How long a new key or source may still be unknown if it was tried before it was created, in milliseconds. */
export const UNKNOWN_TTL = 5 * SECOND;

const CAPACITY = 1_000;

type Entry<T> = { value: T; loadedAt: number };

/**
 * Looks a name up, in the cache if possible. `load` gives undefined for an unknown name. `maxAge` limits the age of a
 * found entry (milliseconds) where less than usual is needed.
 */
export type Lookup<T> = {
  (name: string, now: number, load: () => Promise<T | undefined>, maxAge?: number): Promise<T | undefined>;
  /** Whether the cache has the name as found. */
  knows(name: string, now: number): boolean;
};

/**
 * A bounded cache of one isolate. Found and unknown names are kept separately, so that a flood of made-up names evicts
 * no real one. Concurrent misses each load: a promise shared between requests dies with the first request.
 */
export function lookupCache<T>(): Lookup<T> {
  const found = new Map<string, Entry<T>>();
  const unknown = new Map<string, Entry<undefined>>();
  const lookup = async (name: string, now: number, load: () => Promise<T | undefined>, maxAge = FOUND_TTL) => {
    const known = recall(found, name, now, maxAge) ?? recall(unknown, name, now, UNKNOWN_TTL);
    if (known) return known.value;
    const value = await load();
    if (value === undefined) addNewest(unknown, name, { value, loadedAt: now }, CAPACITY);
    else addNewest(found, name, { value, loadedAt: now }, CAPACITY);
    return value;
  };
  return Object.assign(lookup, {
    knows: (name: string, now: number) => recall(found, name, now, FOUND_TTL) !== undefined,
  });
}

function recall<T>(entries: Map<string, Entry<T>>, name: string, now: number, maxAge: number): Entry<T> | undefined {
  const entry = entries.get(name);
  if (entry && now - entry.loadedAt < maxAge) return entry;
  entries.delete(name);
  return undefined;
}
