/** Levels of what somebody else answers: SQLite reads no JSON of over a thousand, and nobody means over a few. */
export const MOST_LEVELS = 30;

/** Whether lists and objects are nested deeper than so many levels. It looks no deeper itself. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
