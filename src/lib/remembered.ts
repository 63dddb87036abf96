import { addNewest } from "./newest";

/** Remembers what was loaded under each key for `keepFor` milliseconds, `capacity` keys at most. Failures, and null, are not kept. */
export function remembered<T>(
  keepFor: number,
  capacity: number,
): (key: string, now: number, load: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { value: T; until: number }>();
  return async (key, now, load) => {
    const found = known.get(key);
    if (found && now < found.until) return found.value;
    const value = await load();
    if (value !== null) addNewest(known, key, { value, until: now + keepFor }, capacity);
    return value;
  };
}
