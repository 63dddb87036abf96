import { pick, type Random } from "./random-bytes";

type Fields = Record<string, unknown>;

/** What no honest platform puts into a field, and what some do. */
export const ODD_VALUES: readonly unknown[] = [
  null,
  "",
  " ",
  0,
  -1,
  1.5,
  1e300,
  Number.MAX_SAFE_INTEGER + 2,
  true,
  [],
  {},
  [[]],
  [null],
  [{}, "x", 1],
  { url: {} },
  { id: [], name: {} },
  "\u0000",
  "\ud800",
  "a\u0000b\u001f\u007f\u0085c",
  "0000-00-00 00:00:00",
  "9999-12-31T23:59:59+00:00",
  "9999-12-31 23:59:59",
  "253402300799",
  "253402300800000",
  "99999999999999999999",
  "-1",
  "NaN",
  "Infinity",
  "{{ x }}",
  "-0",
  "__proto__",
  "constructor",
  "javascript:alert(1)",
  "http://[::1",
  "+00",
  "+1234567890123456789",
  "é".repeat(10_000),
];

/** A copy of the fields with the value in one of their places, mostly further in, where platforms keep what matters. */
export function placeSomewhere(fields: Fields, value: unknown, random: Random): Fields {
  const inner = Object.keys(fields).filter((key) => isFilled(fields[key]));
  if (inner.length === 0 || random() < 0.3) return { ...fields, [pick(random, Object.keys(fields))]: value };
  const key = pick(random, inner);
  const present = fields[key];
  const changed = placeSomewhere({ ...(present as Fields) }, value, random);
  return { ...fields, [key]: Array.isArray(present) ? Object.values(changed) : changed };
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

export const CONTENT_TYPES: readonly string[] = [
  "",
  "application/json; charset=utf-8",
  "application/json, application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "text/plain",
  "application/jwt",
  "application/octet-stream",
  ";;;,",
];

/** Copies of the fields with the value in each of their places, also in objects and lists further in. */
export function* placeEverywhere(fields: Fields, value: unknown): Generator<Fields> {
  for (const [key, inner] of Object.entries(fields)) {
    for (const changed of placeWithin(inner, value)) yield { ...fields, [key]: changed };
  }
}

function* placeWithin(present: unknown, value: unknown): Generator {
  yield value;
  if (Array.isArray(present)) {
    for (const [at, inner] of present.entries()) {
      for (const changed of placeWithin(inner, value)) yield present.with(at, changed);
    }
  } else if (typeof present === "object" && present !== null) {
    yield* placeEverywhere(present as Fields, value);
  }
}
