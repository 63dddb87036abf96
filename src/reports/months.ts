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

/** The week of its month that a day is in: seven days, of which the last has what is left. */
export function weekOfDay(day: number): Days {
  const month = monthOfDay(day);
  const from = day - ((day - month.from) % WEEK);
  return { from, until: Math.min(from + WEEK, month.until) };
}

const WEEK = 7;

/** Spans up to this many days are shown by the day, longer ones by the month. */
export const MOST_DAYS_READ = 62;

/** A week or a month: its first day, and the day after its last. */
type Whole = readonly [from: number, until: number];

/** The roll-ups that make up a span, of which each day is in one: months that are whole in it, then weeks, then days. */
export function partsOf({ from, until }: Days): { days: number[]; weeks: Whole[]; months: Whole[] } {
  const [days, weeks, months]: [number[], Whole[], Whole[]] = [[], [], []];
  for (let at = from; at < until;) {
    const isWhole = (one: Days) => one.from === at && one.until <= until;
    const [week, month] = [weekOfDay(at), monthOfDay(at)];
    if (isWhole(month)) months.push([at, month.until]);
    else if (isWhole(week)) weeks.push([at, week.until]);
    else days.push(at);
    at = isWhole(month) ? month.until : isWhole(week) ? week.until : at + 1;
  }
  return { days, weeks, months };
}
