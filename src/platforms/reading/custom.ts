const MAX_KEYS = 50;
const MAX_KEY_CHARACTERS = 100;
const MAX_VALUE_CHARACTERS = 2_000;
const MAX_TOTAL_CHARACTERS = 16_000;
const MAX_DEPTH = 5;
/** How fields end that prove something or let whoever has them in: `CallToken`, `api_key`, `client-secret`. */
const SECRET = /(token|secret|password|passwd|apikey|authorization|signature|credentials?)$/;

/**
 * The variables beyond the known ones, as they came, within bounds: what exceeds them is left out here and stays in
 * the logged body. Empty values are left out too, and so is a field whose name marks a secret, however deep it lies: events
 * carry all of this to subscribers.
 */
export function keepCustom(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  let total = 0;
  for (const [key, given] of entries) {
    if (kept.length === MAX_KEYS) break;
    if (given === null || given === undefined || given === "" || !mayBeKept(key)) continue;
    if (key.length > MAX_KEY_CHARACTERS || !isShallow(given, MAX_DEPTH)) continue;
    const value = withoutSecrets(given);
    const size = key.length + JSON.stringify(value).length;
    if (size > MAX_VALUE_CHARACTERS || total + size > MAX_TOTAL_CHARACTERS) continue;
    total += size;
    kept.push([key.toWellFormed(), value]);
  }
  return Object.fromEntries(kept);
}

/** Assigning to `__proto__` sets a prototype in whoever copies the record. */
function mayBeKept(key: string): boolean {
  return key !== "__proto__" && !SECRET.test(key.toLowerCase().replace(/[^a-z]/g, ""));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (mayBeKept(key) ? [[key, withoutSecrets(inner)]] : [])),
  );
}

/** Whether a value nests no deeper. Checked before JSON.stringify, which recurses and would run out of stack. */
export function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
