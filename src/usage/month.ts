import { DAY } from "../lib/time";

/** A calendar month in UTC, in days since 1970; `until` is not included. */
export type Month = { from: number; until: number };

/** The month of a moment (milliseconds), or the one so many months before. */
export function monthOf(now: number, before = 0): Month {
  const date = new Date(now);
  const first = (month: number) => Date.UTC(date.getUTCFullYear(), month, 1) / DAY;
  const month = date.getUTCMonth() - before;
  return { from: first(month), until: first(month + 1) };
}

/** What a month comes to if it goes on as it began. Null in its first hours, when that says nothing, and once it is over. */
export function forecastOf(dollars: number, { from, until }: Month, now: number): number | null {
  const passed = now / DAY - from;
  if (passed < 0.25 || now / DAY >= until) return null;
  return (dollars * (until - from)) / passed;
}
