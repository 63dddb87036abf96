import type { BusinessHours } from "../../db/schema";
import { DAY, SECOND } from "../../lib/time";
import { dayOf, momentOf } from "../../lib/zone";

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
