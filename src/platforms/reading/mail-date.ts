import { readClockTime } from "./clock-time";
import { toText } from "./coerce";

/**
 * Milliseconds of a moment as in mail headers (RFC 2822) or in ISO 8601, in UTC where none is given; null for no
 * moment.
 */
export function readMailDate(value: unknown): number | null {
  return readClockTime(toText(value) ?? "", "UTC") ?? null;
}
