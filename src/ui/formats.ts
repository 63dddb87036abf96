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

/** UTC for a zone that `Intl` does not know. */
export function zoneOf(text: string | undefined): string {
  if (text === undefined || text.length > 60) return "UTC";
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
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone });
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
  const score = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const list = new Intl.ListFormat(locale);

  const sameDay = (one: number, other: number) => isoDay.format(one) === isoDay.format(other);
  return {
    zone: timeZone,
    /** 10:30 */
    time: (at: number) => time.format(at),
    /** 10:30:45.104 */
    exactTime: (at: number) => exactTime.format(at),
    /** Friday, 28 November 2026 at 10:30:45 GMT-3 */
    exact: (at: number) => exact.format(at),
    /** 2026-11-28, in the zone. */
    isoDay: (at: number) => isoDay.format(at),
    /** The time today; the day too before; the year too in another one. */
    moment: (at: number, now: number) => {
      if (sameDay(at, now)) return time.format(at);
      const sameYear = isoDay.format(at).slice(0, 4) === isoDay.format(now).slice(0, 4);
      return `${(sameYear ? day : dayOfYear).format(at)} ${time.format(at)}`;
    },
    /** 5 min. ago, in 2 hr., yesterday; a date when it is far away. */
    relative: (at: number, now: number) => {
      const distance = at - now;
      if (Math.abs(distance) > RELATIVE_DAYS * 86_400_000) return dayOfYear.format(at);
      const [unit, length] = STEPS.find(([, step]) => Math.abs(distance) >= step) ?? (["second", 1000] as const);
      return relative.format(Math.trunc(distance / length), unit);
    },
    number: (value: number) => number.format(value),
    decimal: (value: number) => decimal.format(value),
    /** Of a share between 0 and 1. Only the whole is 100 %. */
    percent: (share: number) => (share > 0.99 && share < 1 ? nearWhole : percent).format(share),
    /** Of a score from 0 to 100, with the two decimals that it has. */
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
