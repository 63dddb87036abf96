import { localeOf, type Language } from "./language";

export type Formats = ReturnType<typeof makeFormats>;

/** Formats are costly to make, and there are few languages and zones. */
const made = new Map<string, Formats>();
const MOST_KEPT = 100;

/** Dates, numbers and lengths of time in this language and time zone. */
export function formatsOf(language: Language, zone: string): Formats {
  const key = `${language} ${zone}`;
  const known = made.get(key);
  if (known) return known;
  if (made.size >= MOST_KEPT) made.clear();
  const formats = makeFormats(localeOf(language), zone);
  made.set(key, formats);
  return formats;
}

/** What each text of a cookie names: to find out costs as much as a small page, and browsers send the same few. */
const zones = new Map<string, string>();

/** UTC for a zone that `Intl` does not know. */
export function zoneOf(text: string | undefined): string {
  if (text === undefined || text.length > 60) return "UTC";
  const known = zones.get(text);
  if (known !== undefined) return known;
  if (zones.size >= MOST_KEPT) zones.clear();
  const zone = namedZone(text);
  zones.set(text, zone);
  return zone;
}

function namedZone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

const STEPS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

const MINUTE = 60_000;
/** A day begins at a quarter of an hour of UTC in every zone that there is now. */
const QUARTER = 15 * MINUTE;
/** A page of calls has the same few minutes, days and shares in all its rows. */
const MOST_REMEMBERED = 2_000;

/** The same, worked out once for each number: `Intl` takes longer than all else of a row. */
function once(format: (value: number) => string): (value: number) => string {
  const known = new Map<number, string>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const text = format(value);
    known.set(value, text);
    return text;
  };
}

/** Times further away than this are given as dates. */
const RELATIVE_DAYS = 7;

function makeFormats(locale: string, timeZone: string) {
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const time = new Intl.DateTimeFormat(locale, { ...clock, timeZone });
  const exactTime = new Intl.DateTimeFormat(locale, {
    ...clock,
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZone,
  });
  const second = new Intl.DateTimeFormat(locale, { ...clock, second: "2-digit", timeZone });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone });
  const ofDate = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" });
  const calendarDay = ofDate({ day: "numeric", month: "short", year: "numeric" });
  const calendarDayOfMonth = ofDate({ day: "numeric", month: "short" });
  const calendarMonth = ofDate({ month: "short", year: "numeric" });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", timeZone });
  const isoDay = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
  const number = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const nearWhole = new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: 2,
    roundingMode: "trunc",
  } as Intl.NumberFormatOptions);
  const score = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const list = new Intl.ListFormat(locale);

  // Whoever looks at a list looks at it again.
  const exactOf = once((at) => exact.format(at));
  const timeOf = once((minute) => time.format(minute * MINUTE));
  const isoDayOf = once((quarter) => isoDay.format(quarter * QUARTER));
  const percentOf = once((share) => (share > 0.99 && share < 1 ? nearWhole : percent).format(share));
  const clockTime = (at: number) => timeOf(Math.floor(at / MINUTE));
  const dayOf = (at: number) => isoDayOf(Math.floor(at / QUARTER));
  const isSameDay = (at: number, now: number) => dayOf(at) === dayOf(now);
  const today = relative.format(0, "day");
  const dayBefore = (text: string, at: number, now: number) => {
    const sameYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4);
    return `${(sameYear ? day : dayOfYear).format(at)} ${text}`;
  };
  const dayAndTime = (at: number, now: number) => dayBefore(clockTime(at), at, now);
  return {
    zone: timeZone,
    /** 10:30 */
    time: clockTime,
    /** 10:30:45.104 */
    exactTime: (at: number) => exactTime.format(at),
    /** Friday, 28 November 2026 at 10:30:45 GMT-3 */
    exact: exactOf,
    /** 2026-11-28, in the zone. */
    isoDay: dayOf,
    /** today 10:30, 28 Nov 10:30; the year too in another one. */
    moment: (at: number, now: number) => (isSameDay(at, now) ? `${today} ${clockTime(at)}` : dayAndTime(at, now)),
    /** 10:30 today: where a column of times says which day it is. */
    timeInList: (at: number, now: number) => (isSameDay(at, now) ? clockTime(at) : dayAndTime(at, now)),
    /** The same also today: for what is read later than it is written. */
    dayAndTime,
    /** 10:30:45 today: where several come in a minute. */
    secondInList: (at: number, now: number) =>
      isSameDay(at, now) ? second.format(at) : dayBefore(second.format(at), at, now),
    /** 28 Nov 2026, of a date such as 2026-11-28: no moment, and so the same in every zone. */
    date: (iso: string) => (Number.isNaN(Date.parse(iso)) ? iso : calendarDay.format(Date.parse(iso))),
    /** 28 Nov, of such a date. */
    dayOfMonth: (iso: string) => calendarDayOfMonth.format(Date.parse(iso)),
    /** Nov 2026, of such a date. */
    month: (iso: string) => calendarMonth.format(Date.parse(iso)),
    /** 5 min. ago, in 2 hr., yesterday; a date when it is far away. */
    relative: (at: number, now: number) => {
      const distance = at - now;
      if (Math.abs(distance) > RELATIVE_DAYS * 86_400_000) return dayOfYear.format(at);
      const [unit, length] = STEPS.find(([, step]) => Math.abs(distance) >= step) ?? (["second", 1000] as const);
      return relative.format(Math.trunc(distance / length), unit);
    },
    number: (value: number) => number.format(value),
    /** What is counted up to a number: 1,000+ where there is more. */
    counted: (count: number, more: boolean) => `${number.format(count)}${more ? "+" : ""}`,
    decimal: (value: number) => decimal.format(value),
    /** Of a share between 0 and 1. Only the whole is 100 %. */
    percent: percentOf,
    /** Of a score from 0 to 100, with the two decimals that it may have: none below its pass mark reads as the mark. */
    score: (percentage: number) => score.format(percentage / 100),
    list: (items: readonly string[]) => list.format(items),
    /** 4:38, 1:02:03; the same in every language. */
    length: (seconds: number) => {
      const whole = Math.max(0, Math.round(seconds));
      const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      const two = (value: number) => String(value).padStart(2, "0");
      return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
    },
    /** 6 ms, 1.4 s, 3 min: how long a step took. */
    span: (milliseconds: number) => {
      if (milliseconds < 1000) return `${number.format(Math.round(milliseconds))} ms`;
      if (milliseconds < 60_000) return `${decimal.format(milliseconds / 1000)} s`;
      if (milliseconds < 3_600_000) return `${number.format(Math.round(milliseconds / 60_000))} min`;
      return `${decimal.format(milliseconds / 3_600_000)} h`;
    },
  };
}
