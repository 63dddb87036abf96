import type { BusinessHours } from "../../db/schema";
import { DAY, MINUTE, SECOND } from "../../lib/time";

// A clock that runs only while somebody works, in their time zone. Pure.

type Span = readonly [from: number, to: number];

/** Days that are looked through before it is given up: whoever never works is never late. */
const MOST_DAYS = 1_100;

/** When the time is over that began at `start`; Infinity where nobody ever works. */
export function deadlineOf(start: number, seconds: number, hours: BusinessHours | null): number {
  if (hours === null) return start + seconds * SECOND;
  let left = seconds * SECOND;
  const first = dayOf(start, hours.timeZone) - DAY;
  for (let at = 0; at < MOST_DAYS; at += 1) {
    for (const [from, to] of spansOf(first + at * DAY, hours)) {
      const begin = Math.max(from, start);
      if (begin >= to) continue;
      if (left <= to - begin) return begin + left;
      left -= to - begin;
    }
  }
  return Infinity;
}

/** The latest start whose time is over by `now`; -Infinity where there is none. */
export function latestStart(now: number, seconds: number, hours: BusinessHours | null): number {
  if (hours === null) return now - seconds * SECOND;
  let left = seconds * SECOND;
  const last = dayOf(now, hours.timeZone) + DAY;
  for (let at = 0; at < MOST_DAYS; at += 1) {
    for (const [from, to] of spansOf(last - at * DAY, hours).toReversed()) {
      const end = Math.min(to, now);
      if (from >= end) continue;
      if (left <= end - from) return end - left;
      left -= end - from;
    }
  }
  return -Infinity;
}

/** The spans of a local day, which is named by its midnight in UTC. */
function spansOf(day: number, { timeZone, days, holidays }: BusinessHours): Span[] {
  const date = new Date(day);
  if (holidays.includes(date.toISOString().slice(0, 10))) return [];
  // Monday first.
  const spans = days[(date.getUTCDay() + 6) % 7] ?? [];
  return spans.map(([from, to]) => [momentOf(day, from, timeZone), momentOf(day, to, timeZone)] as const);
}

/** The local day of a moment, named by its midnight in UTC. */
function dayOf(moment: number, timeZone: string): number {
  return Math.floor((moment + offsetAt(moment, timeZone)) / DAY) * DAY;
}

function momentOf(day: number, clock: string, timeZone: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  const local = day + (hours * 60 + minutes) * MINUTE;
  // The offset of about then, then that of the moment itself: it changes twice a year.
  const about = local - offsetAt(local, timeZone);
  return local - offsetAt(about, timeZone);
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** How far the zone is ahead of UTC, in milliseconds. */
function offsetAt(moment: number, timeZone: string): number {
  let format = FORMATS.get(timeZone);
  if (!format) {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { ...parts, second: "numeric", hourCycle: "h23", timeZone });
    FORMATS.set(timeZone, format);
  }
  const of = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => of.get(name) ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(moment / SECOND) * SECOND;
}

/** Whether the runtime knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}
