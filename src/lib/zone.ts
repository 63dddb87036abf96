import { DAY, MINUTE, SECOND } from "./time";

// Local time in a zone of the tz database, by what `Intl` knows. Pure.

/** The local day of a moment, named by its midnight in UTC. */
export function dayOf(moment: number, timeZone: string): number {
  return Math.floor((moment + offsetAt(moment, timeZone)) / DAY) * DAY;
}

/**
 * The moment of a clock's time, `hh:mm`, on a local day. Where the clock is put forward over it, the one as much later; where
 * it is put back and there are two, the first.
 */
export function momentOf(day: number, clock: string, timeZone: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  const local = day + (hours * 60 + minutes) * MINUTE;
  // It changes twice a year: by the offset of the day before, or by that of the day after.
  const [before, after] = [offsetAt(local - DAY, timeZone), offsetAt(local + DAY, timeZone)];
  const [earlier, later] = [local - before, local - after];
  const isEarlier = offsetAt(earlier, timeZone) === before;
  const isLater = offsetAt(later, timeZone) === after;
  return isEarlier || !isLater ? earlier : later;
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
