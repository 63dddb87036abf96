import type { ClockFields } from "./clock-time";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_NAME = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*";
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d{1,20})?)?`;
/**
 * Behind a time: nothing, an offset, `UTC` or a zone's short name; behind an offset what Go, JavaScript and Java add to
 * it.
 */
const ZONE = String.raw`(?:\s*(Z|(?:GMT|UTC)?\s*[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,5})(?:\s+(?:[A-Z]{2,5}|[+-]\d{2,4}))?(?:\s+m=[+-][\d.]+)?(?:\s*\([^()]*\))?)?(?:\[([\w/+-]+)\])?`;

const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ]\s*${CLOCK}${ZONE}$`, "i");
const COMPACT = new RegExp(String.raw`^(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})([.,]\d{1,20})?${ZONE}$`, "i");
// `D/M/Y` as Latin America and Europe write it; with dots no other order is in use.
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})([/.])(\d{1,2})\2(\d{4}),? ${CLOCK}${ZONE}$`, "i");
/** RFC 2822 and RFC 1123: `Tue, 10 Feb 2026 13:30:45 GMT`. */
const MAIL = new RegExp(`^(?:${DAY_NAME},? )?(\\d{1,2})[ -]([a-z]{3})[ -](\\d{4}) ${CLOCK}${ZONE}$`, "i");
/** C, Java, and JavaScript: `Tue Feb 10 13:30:45 UTC 2026`, `Tue Feb 10 2026 13:30:45 GMT+0000 (…)`. */
const MONTH_FIRST = new RegExp(`^${DAY_NAME} ([a-z]{3}) +(\\d{1,2}) (\\d{4}) ${CLOCK}${ZONE}$`, "i");
const YEAR_LAST = new RegExp(
  `^${DAY_NAME} ([a-z]{3}) +(\\d{1,2}) ${CLOCK}(?: ([A-Z]{2,5}|[+-]\\d{4}))? (\\d{4})$`,
  "i",
);
const MAX_TEXT = 120;

type Match = RegExpExecArray | null;

/**
 * The fields of a time in one of the forms that libraries write by themselves; undefined for any other. Nothing is
 * guessed: `10-02-2026` may be of October or of February, and is neither.
 */
export function clockFieldsOf(given: string): ClockFields | undefined {
  if (given.length > MAX_TEXT) return undefined;
  const text = given.trim().replace(/\u2212/g, "-");
  let found: Match = YEAR_FIRST.exec(text);
  if (found) return fields(found[1], found[3], found[4], found, 5);
  found = COMPACT.exec(text);
  if (found) return fields(found[1], found[2], found[3], found, 4);
  found = DAY_FIRST.exec(text);
  if (found) return fields(found[4], found[3], found[1], found, 5);
  found = MAIL.exec(text);
  if (found) return fields(found[3], monthOf(found[2]), found[1], found, 4);
  found = MONTH_FIRST.exec(text);
  if (found) return fields(found[3], monthOf(found[1]), found[2], found, 4);
  found = YEAR_LAST.exec(text);
  return found ? fields(found[8], monthOf(found[1]), found[2], found, 3) : undefined;
}

function fields(
  year: string | undefined,
  month: string | number | undefined,
  day: string | undefined,
  found: RegExpExecArray,
  clockAt: number,
): ClockFields {
  const [hour, minute, second, fraction, zone, place] = found.slice(clockAt);
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    fraction: Number((fraction ?? "0").replace(",", ".")),
    zone: zone?.toUpperCase().replace(/\s+/g, ""),
    // Behind the zone of the form that ends in the year stands the year.
    place: clockAt === 3 ? undefined : place,
  };
}

function monthOf(name = ""): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}
