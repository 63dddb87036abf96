import { SECOND } from "../lib/time";

/** How long a revoked key or a changed source may go on working: the documented revocation delay. */
export const FOUND_TTL = 60 * SECOND;
/** How long a key or source made a moment ago may go on being unknown, where it was tried too early. */
export const UNKNOWN_TTL = 5 * SECOND;

const CAPACITY = 1_000;

type Entry<T> = { value: T; loadedAt: number };

/**
 * Looks a name up, from memory when it is warm. `load` gives undefined for a name that stands for nothing. `maxAge`: how
 * old (milliseconds) what was found may be, where that is less than usual.
 */
export type Lookup<T> = {
  (name: string, now: number, load: () => Promise<T | undefined>, maxAge?: number): Promise<T | undefined>;
  /** Whether the name was found lately, without looking it up. */
  knows(name: string, now: number): boolean;
};

/**
 * A bounded memory of one isolate. What was found and what was not are kept apart, so that a flood of made-up names
 * pushes no real one out. Concurrent misses each load: a promise shared between requests dies with the first of them.
 */
export function lookupCache<T>(): Lookup<T> {
  const found = new Map<string, Entry<T>>();
  const unknown = new Map<string, Entry<undefined>>();
  const lookup = async (name: string, now: number, load: () => Promise<T | undefined>, maxAge = FOUND_TTL) => {
    const known = recall(found, name, now, maxAge) ?? recall(unknown, name, now, UNKNOWN_TTL);
    if (known) return known.value;
    const value = await load();
    if (value === undefined) remember(unknown, name, { value, loadedAt: now });
    else remember(found, name, { value, loadedAt: now });
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

function remember<T>(entries: Map<string, Entry<T>>, name: string, entry: Entry<T>): void {
  // A map keeps the order of insertion: the first is the one loaded longest ago.
  const oldest = entries.size >= CAPACITY ? entries.keys().next().value : undefined;
  if (oldest !== undefined) entries.delete(oldest);
  entries.set(name, entry);
}
