import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time";

const DATE_FIRST_YEAR =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const DATE_FIRST_DAY = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/;
const MAX_FORMATTERS = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_OFFSETS = 1_000;
/** By zone and hour: the offset all through that hour, or null where it changes within. */
const offsets = new Map<string, number | null>();

type Moment = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
};

/**
 * Milliseconds since the epoch of what a provider wrote: ISO 8601 with `Z` or an offset, the same without one (with `T`
 * or a space), or `DD/MM/YYYY HH:MM:SS`. A time without offset is the wall clock of `timeZone`: one that happens twice
 * when clocks go back is its first passing, one that is skipped when they go forward is moved by the gap. Undefined
 * when the text is none of these.
 */
export function readClockTime(text: string, timeZone: string): number | undefined {
  const iso = DATE_FIRST_YEAR.exec(text);
  const local = iso ?? DATE_FIRST_DAY.exec(text);
  if (!local) return undefined;
  const [year, month, day] = iso ? [local[1], local[2], local[3]] : [local[3], local[2], local[1]];
  const wall = wallClock({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(local[4]),
    minute: Number(local[5]),
    second: Number(local[6] ?? 0),
    fraction: Number(local[7] ?? 0),
  });
  if (wall === undefined) return undefined;
  const offset = iso?.[8];
  if (offset === undefined) return fromZone(wall, timeZone);
  const minutes = offsetMinutes(offset);
  return minutes === undefined ? undefined : wall - minutes * MINUTE;
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
function wallClock(moment: Moment): number | undefined {
  const { year, month, day, hour, minute, second } = moment;
  if (year < 1900 || year > 2999 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() + Math.floor(moment.fraction * SECOND);
}

function offsetMinutes(offset: string): number | undefined {
  if (offset.toUpperCase() === "Z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
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
