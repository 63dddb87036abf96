import { readClockTime } from "./clock-time";
import { toAmount, toText } from "./coerce";
import { fieldsOf, type Fields } from "./json-object";

// Below this a number of the epoch is seconds (until the year 5138), above it milliseconds (since 1973).
const SECONDS_END = 100_000_000_000;
// And from here on microseconds, then nanoseconds, of moments until the year 2200.
const MILLISECONDS_END = 100_000_000_000_000;
const MICROSECONDS_END = 100_000_000_000_000_000;
const YEAR_2200 = 7_258_118_400_000;
const YEAR_3000 = 32_503_680_000_000;
/** `YYYYMMDDHHMMSS`, which as milliseconds would be of a year beyond 2500. */
const COMPACT = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d[0-2]\d[0-5]\d[0-5]\d$/;
const DOT_NET = /^\/Date\((\d{1,14})(?:[+-]\d{4})?\)\/$/;

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

/**
 * A moment as ISO text, clock text of `timeZone`, or a number of the epoch in seconds down to nanoseconds; else null.
 */
export function readMoment(value: unknown, timeZone: string): number | null {
  const text = toText(value);
  if (!text) return null;
  const dated = DOT_NET.exec(text)?.[1];
  if (dated !== undefined) return Number(dated) < YEAR_3000 ? Number(dated) : null;
  if (COMPACT.test(text) || !/^\d{1,19}(\.\d{1,20})?$/.test(text)) return readClockTime(text, timeZone) ?? null;
  const number = Number(text);
  if (number >= MILLISECONDS_END) {
    const fine = Math.floor(number / (number < MICROSECONDS_END ? 1e3 : 1e6));
    return fine < YEAR_2200 ? fine : null;
  }
  const milliseconds = Math.floor(number < SECONDS_END ? number * 1000 : number);
  return milliseconds < YEAR_3000 ? milliseconds : null;
}

/** Seconds of the epoch with more digits than milliseconds have: at most nanoseconds are kept. */
const FINE_SECONDS = /^(\d{9,11})\.(\d{3})(\d{1,6})\d*$/;
/** The same of ISO and clock texts, and of whole microseconds and nanoseconds of the epoch. */
const FINE_CLOCK = /:\d{2}[.,]\d{3}(\d{1,6})/;
const FINE_WHOLE = /^\d{13}(\d{3}|\d{6})$/;

/**
 * The same with the digits of the second behind the milliseconds, where there are any: a moment of microseconds can be
 * passed on as it came.
 */
export function readFineMoment(value: unknown, timeZone: string): { at: number; finer?: string } | null {
  const at = readMoment(value, timeZone);
  const text = toText(value);
  if (at === null || !text) return null;
  const [, seconds, thousandths, behind] = FINE_SECONDS.exec(text) ?? [];
  // From the digits, since a product of a fraction may be a millisecond off.
  if (behind !== undefined) return { at: Number(seconds) * 1000 + Number(thousandths), finer: behind };
  const finer = FINE_CLOCK.exec(text)?.[1] ?? FINE_WHOLE.exec(text)?.[1];
  return { at, ...(finer !== undefined && { finer }) };
}

function lookUp(data: Fields, name: string): unknown {
  const dot = name.indexOf(".");
  if (dot < 0) return data.get(name);
  const inner = fieldsOf(data.get(name.slice(0, dot)));
  return inner && lookUp(inner, name.slice(dot + 1));
}

const MAX_URL = 4_000;
const MAX_SECONDS = 30 * 24 * 3_600;

/** The first of several names that holds a link. Cut short, a link leads elsewhere: one that is too long is none. */
export function firstLink(data: Fields, names: readonly string[]): string | null {
  const link = firstText(data, names, MAX_URL + 1);
  return link !== null && link.length <= MAX_URL ? link : null;
}

/**
 * A length of time in seconds: null for none, for nonsense, and for more than a month. `perSecond`: 1000 for
 * milliseconds.
 */
export function readSeconds(value: unknown, perSecond = 1): number | null {
  const amount = toAmount(value);
  if (typeof amount !== "number") return null;
  const seconds = amount / perSecond;
  return seconds <= MAX_SECONDS ? seconds : null;
}
