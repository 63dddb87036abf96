/** Connections that one invocation has open at a time, by the platform's limit. */
const AT_ONCE = 6;

/**
 * Does something for each of many, six at a time, and gives the results in their order. After the first that fails no new
 * one is begun; it throws that failure once those under way have ended.
 */
export async function inParallel<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results = Array.from<R>({ length: all.length });
  let next = 0;
  const failures: unknown[] = [];
  const work = async () => {
    while (next < all.length && failures.length === 0) {
      const at = next;
      next += 1;
      try {
        results[at] = await run(all[at]!);
      } catch (cause) {
        failures.push(cause);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
