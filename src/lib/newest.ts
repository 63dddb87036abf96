/**
 * Adds an entry to a bounded map as its newest, in place of the oldest where it is full. A map keeps insertion order, so
 * its first entry is the oldest.
 */
export function addNewest<K, T>(entries: Map<K, T>, key: K, value: T, capacity: number): void {
  entries.delete(key);
  const oldest = entries.keys().next();
  if (entries.size >= capacity && !oldest.done) entries.delete(oldest.value);
  entries.set(key, value);
}
