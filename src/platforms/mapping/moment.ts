import { readClockTime } from "../reading/clock-time";
import { toAmount, toText } from "../reading/coerce";
import { readMoment } from "../reading/fields";

export type Unit = "s" | "ms" | "us" | "min";
export type DateOrder = "dmy" | "mdy";

const YEAR_3000 = 32_503_680_000_000;
const MAX_SECONDS = 30 * 24 * 3_600;
const MILLISECONDS: Record<Unit, number> = { us: 0.001, ms: 1, s: 1_000, min: 60_000 };
const SLASHED =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap])?\.?(?:m\.?)?)?$/i;
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d+)?$/;

/** A moment in milliseconds: null for none, undefined for what is none. `unit` is that of a number of the epoch. */
export function toMoment(
  value: unknown,
  timeZone: string,
  how: { unit?: Unit; format?: DateOrder } = {},
): number | null | undefined {
  const text = toText(value);
  if (text === null || text === undefined) return text;
  if (how.unit !== undefined && /^\d{1,18}(\.\d{1,20})?$/.test(text)) {
    const at = Math.floor(Number(text) * MILLISECONDS[how.unit]);
    return at < YEAR_3000 ? at : undefined;
  }
  const slashed = how.format && SLASHED.exec(text);
  if (slashed) return readClockTime(isoOf(slashed, how.format), timeZone);
  return readMoment(text, timeZone) ?? undefined;
}

/**
 * A length of time in seconds: a number in its unit, or a clock's `1:02:03` or `02:03`. Null for none, undefined for
 * nonsense.
 */
export function toSeconds(value: unknown, unit: Unit = "s"): number | null | undefined {
  const text = toText(value);
  if (text === null || text === undefined) return text;
  const clock = CLOCK.exec(text);
  const amount = toAmount(value);
  const seconds = clock
    ? Number(clock[1] ?? 0) * 3_600 + Number(clock[2]) * 60 + Number(clock[3])
    : typeof amount === "number"
      ? (amount * MILLISECONDS[unit]) / 1_000
      : undefined;
  return seconds !== undefined && seconds <= MAX_SECONDS ? seconds : undefined;
}

function isoOf(
  [, first = "", second = "", year, hour = "0", minute = "00", seconds = "00", half]: RegExpExecArray,
  order: DateOrder | undefined,
) {
  const [day, month] = order === "mdy" ? [second, first] : [first, second];
  return `${year}-${two(month)}-${two(day)}T${two(hourOf(hour, half))}:${minute}:${seconds}`;
}

// Twelve at night is 12 AM, and noon 12 PM.
function hourOf(hour: string, half: string | undefined): string {
  if (half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toLowerCase() === "p" ? 12 : 0));
}

function two(digits: string): string {
  return digits.padStart(2, "0");
}
