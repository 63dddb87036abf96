/**
 * The functions of the library that may be used, and what each costs in steps beside looking at its arguments. Those
 * not listed cannot be: `pad_left` and `pad_right` make a text of any length. The library's `trim` goes back and forth
 * over its text, which the square pays for; its `replace` with a count may double the text each time, which nothing
 * pays for.
 */
const PRICES: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  abs: free,
  avg: free,
  ceil: free,
  contains: free,
  ends_with: free,
  find_first: free,
  find_last: free,
  floor: free,
  from_items: free,
  group_by: free,
  items: free,
  join: ([glue, list]) => lengthOf(glue) * lengthOf(list),
  keys: free,
  length: free,
  lower: free,
  map: free,
  max: spread,
  max_by: free,
  merge: free,
  min: spread,
  min_by: free,
  not_null: free,
  replace: ([text, , by, count]) => (count === undefined ? (lengthOf(text) + 1) * (lengthOf(by) + 1) : Infinity),
  reverse: free,
  sort: free,
  sort_by: free,
  split: ([text]) => lengthOf(text),
  starts_with: free,
  sum: free,
  to_array: free,
  to_number: free,
  to_string: free,
  trim: square,
  trim_left: square,
  trim_right: square,
  type: free,
  upper: free,
  values: free,
  zip: (lists) => lists.length * Math.min(...lists.map(lengthOf)),
};

export function isFunctionName(name: string): boolean {
  return Object.hasOwn(PRICES, name);
}

/** The steps a call costs beyond looking at its arguments. */
export function priceOf(name: string, args: readonly unknown[]): number {
  return PRICES[name]?.(args) ?? Infinity;
}

function free(): number {
  return 0;
}

function square([text]: readonly unknown[]): number {
  return lengthOf(text) ** 2 / 16;
}

// The library hands the list to a function as its arguments, of which an engine takes some hundred thousand.
function spread([list]: readonly unknown[]): number {
  return lengthOf(list) > 50_000 ? Infinity : 0;
}

function lengthOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 0;
}
