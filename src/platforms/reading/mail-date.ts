import { readClockTime } from "./clock-time";
import { toText } from "./coerce";

// `Tue, 31 Aug 2010 20:36:28 +0000`; the day's name and the seconds are optional, and the zone may be `GMT` (RFC 2822 §3.3).
const MAIL_DATE =
  /^(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}:\d{2}(?::\d{2})?) (?:([+-]\d{4})|GMT|UTC?|Z)$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Milliseconds of a moment as in mail headers (RFC 2822) or in ISO 8601, where none is said in UTC; null for no moment. */
export function readMailDate(value: unknown): number | null {
  const text = toText(value);
  if (!text) return null;
  const [whole, day = "", month = "", year = "", time = "", offset = "+0000"] = MAIL_DATE.exec(text) ?? [];
  if (whole === undefined) return readClockTime(text, "UTC") ?? null;
  const number = MONTHS.indexOf(month.toLowerCase()) + 1;
  const date = `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
  return readClockTime(`${date}T${time}${offset}`, "UTC") ?? null;
}
