/** Characters bound to one statement: a bound value may be 2 MB, and a character takes up to three bytes, or an escape. */
export const MAX_BOUND = 400_000;

/** The given in their order, in parts of `MAX_BOUND` characters at most; one that is larger is a part by itself. */
export function partsOf<T>(given: readonly T[], sizeOf: (one: T) => number): T[][] {
  const parts: T[][] = [];
  let size = Infinity;
  for (const one of given) {
    if (size + sizeOf(one) > MAX_BOUND) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += sizeOf(one);
  }
  return parts;
}
