import { readClockTime } from "../clock-time";
import { toText } from "../coerce";
import { fieldsOf, type Fields } from "../json-object";

// Below this a number of the epoch is seconds (until the year 5138), above it milliseconds (since 1973).
const SECONDS_END = 100_000_000_000;
const YEAR_3000 = 32_503_680_000_000;

/** The first of several names that holds something. `a.b` looks into an object. */
export function firstOf(data: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = lookUp(data, name);
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

export function firstText(data: Fields, names: readonly string[], max?: number): string | null {
  for (const name of names) {
    const text = toText(lookUp(data, name), max);
    if (text) return text;
  }
  return null;
}

/** A moment as ISO text, clock text of `timeZone`, or a number of the epoch in seconds or milliseconds; else null. */
export function readMoment(value: unknown, timeZone: string): number | null {
  const text = toText(value);
  if (!text) return null;
  if (!/^\d{1,15}(\.\d{1,9})?$/.test(text)) return readClockTime(text, timeZone) ?? null;
  const number = Number(text);
  const milliseconds = Math.floor(number < SECONDS_END ? number * 1000 : number);
  return milliseconds < YEAR_3000 ? milliseconds : null;
}

function lookUp(data: Fields, name: string): unknown {
  const dot = name.indexOf(".");
  if (dot < 0) return data.get(name);
  const inner = fieldsOf(data.get(name.slice(0, dot)));
  return inner && lookUp(inner, name.slice(dot + 1));
}
