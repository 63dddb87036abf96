import { SECOND } from "../time";

/** The zones an HTTP date may name; asctime's form names none and means this one. */
const IN_UTC = /(?:GMT|UTC|Z)\s*$/i;
/** The forms of RFC 9110 §5.6.7 begin with the day's name; without one, a date would be read into `-5`. */
const DATED = /^\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s/i;

/**
 * The milliseconds that an answer's Retry-After asks to wait, in either of its forms (RFC 9110 §10.2.3); null where it
 * is missing or unreadable. A date is measured on the answer's own clock where it carries one, else from `now`.
 */
export function readRetryAfter(headers: Headers, now: number): number | null {
  const text = (headers.get("retry-after") ?? "").trim();
  // Set twice, the header arrives joined by a comma, which a date holds as well.
  const seconds = /^(\d{1,9})(?:\s*,\s*\d{1,9})*$/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * SECOND;
  const until = readHttpDate(text);
  return until === undefined ? null : Math.max(0, until - (readHttpDate(headers.get("date")) ?? now));
}

/** The moment of an HTTP date in any of its three forms, in milliseconds; undefined for anything else. */
export function readHttpDate(header: string | null): number | undefined {
  const text = header?.trim() ?? "";
  if (!DATED.test(text)) return undefined;
  const moment = Date.parse(IN_UTC.test(text) || /[+-]\d{4}$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(moment) ? undefined : moment;
}
