import { clockFieldsOf } from "./clock-forms";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time";

const MAX_FORMATTERS = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_OFFSETS = 1_000;
/** By zone and hour: the offset all through that hour, or null where it changes within. */
const offsets = new Map<string, number | null>();

/**
 * A time as it was written. `zone`: an offset or a short name in capitals; `place`: a zone of the IANA's, in brackets.
 */
export type ClockFields = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
  zone: string | undefined;
  place: string | undefined;
};

/**
 * Milliseconds since the epoch of what a provider wrote: ISO 8601, `DD/MM/YYYY HH:MM:SS`, and what libraries write by
 * themselves (`clockFieldsOf`). A time without offset is the wall clock of `timeZone`: one that happens twice when
 * clocks go back is its first passing, one that is skipped when they go forward is moved by the gap. Undefined when the
 * text is none of these.
 */
export function readClockTime(text: string, timeZone: string): number | undefined {
  const written = clockFieldsOf(text);
  const wall = written && wallClock(written);
  if (wall === undefined) return undefined;
  const { zone, place } = written ?? {};
  if (zone === undefined) {
    if (place !== undefined && !isTimeZone(place)) return undefined;
    return fromZone(wall, place ?? timeZone);
  }
  if (/^(?:Z|GMT|UTC?)$/.test(zone)) return wall;
  const minutes = offsetMinutes(zone.replace(/^(?:GMT|UTC)/, ""));
  if (minutes !== undefined) return wall - minutes * MINUTE;
  return /^[A-Z]{2,5}$/.test(zone) ? named(wall, zone, timeZone) : undefined;
}

/** Whether the platform knows the IANA zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

// The wall clock read as if it were UTC; undefined for a 30th of February, an hour 25, or a year no call was made in.
// 24:00 is the day's end, and a leap second the moment after it.
function wallClock(moment: ClockFields): number | undefined {
  const { year, month, day, hour, minute, second } = moment;
  const isDaysEnd = hour === 24 && minute === 0 && second === 0 && moment.fraction === 0;
  if (year < 1900 || year > 2999 || (hour > 23 && !isDaysEnd) || minute > 59) return undefined;
  if (second > 59 && !(second === 60 && minute === 59)) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) + Math.floor(moment.fraction * SECOND);
}

function offsetMinutes(offset: string): number | undefined {
  const [, sign, hours = "", minutes = "0"] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset) ?? [];
  if (sign === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * A zone's short name counts where the source's own zone is called so at that moment: `CST` is one thing in Chicago and
 * another in Shanghai.
 */
function named(wall: number, name: string, timeZone: string): number | undefined {
  const instants = [wall - offsetAt(wall - DAY, timeZone), wall - offsetAt(wall + DAY, timeZone)];
  return instants.find((instant) =>
    ["en-US", "en-GB", "en-AU"].some((locale) => shortName(instant, timeZone, locale) === name),
  );
}

function shortName(instant: number, timeZone: string, locale: string): string | undefined {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }).formatToParts(instant);
  return parts.find(({ type }) => type === "timeZoneName")?.value;
}

// A change of offset nearby gives two candidates; the one that reads back as this wall clock is meant. In a gap none
// does, and the offset from before it pushes the time forward, as Temporal's "compatible" does.
function fromZone(wall: number, timeZone: string): number {
  const before = wall - offsetAt(wall - DAY, timeZone);
  const after = wall - offsetAt(wall + DAY, timeZone);
  const meant = [before, after].filter((instant) => instant + offsetAt(instant, timeZone) === wall);
  return meant.length > 0 ? Math.min(...meant) : before;
}

/**
 * What a zone's clock is ahead of UTC at an instant, in milliseconds. Notices come from around now, and asking the
 * platform for a zone's clock costs more than all else a notice's time does: hours that were asked for are remembered.
 */
function offsetAt(instant: number, timeZone: string): number {
  const hour = Math.floor(instant / HOUR);
  const name = `${timeZone}|${hour}`;
  let offset = offsets.get(name);
  if (offset === undefined) {
    const [first, last] = [askOffset(hour * HOUR, timeZone), askOffset((hour + 1) * HOUR - SECOND, timeZone)];
    offset = first === last ? first : null;
    if (offsets.size >= MAX_OFFSETS) offsets.clear();
    offsets.set(name, offset);
  }
  return offset ?? askOffset(instant, timeZone);
}

function askOffset(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / SECOND) * SECOND;
  const parts: Record<string, number> = {};
  for (const part of formatterOf(timeZone).formatToParts(whole)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

// Making a formatter costs a hundred times what using it does.
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  formatters.set(timeZone, formatter);
  return formatter;
}
