import { DAY } from "../lib/time";

/** Days since 1970 in UTC; `until` is not included. */
export type Days = { from: number; until: number };

/** So many days in UTC, that of this moment the last. */
export function lastDays(count: number, now: number): Days {
  const until = Math.floor(now / DAY) + 1;
  return { from: until - count, until };
}

/** The calendar month that a day is in. */
export function monthOfDay(day: number): Days {
  const date = new Date(day * DAY);
  const first = (month: number) => Date.UTC(date.getUTCFullYear(), month, 1) / DAY;
  return { from: first(date.getUTCMonth()), until: first(date.getUTCMonth() + 1) };
}

/** Spans up to this many days are read by the day, longer ones by the month where they have whole ones. */
export const MOST_DAYS_READ = 62;

/** The roll-ups that make up a span: each day is in one of them. */
export function partsOf({ from, until }: Days): (Days & { grain: "day" | "month" })[] {
  if (until - from <= MOST_DAYS_READ) return [{ grain: "day", from, until }];
  const first = monthOfDay(from);
  const begin = first.from === from ? from : first.until;
  const last = monthOfDay(until).from;
  if (begin >= last) return [{ grain: "day", from, until }];
  return [
    { grain: "day" as const, from, until: begin },
    { grain: "month" as const, from: begin, until: last },
    { grain: "day" as const, from: last, until },
  ].filter((part) => part.from < part.until);
}
