import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";

const MAX_RAW = 100;

/**
 * The number in E.164, or null where it cannot be known: a national number says nothing of its country unless the source
 * has one set. ITU-T E.164 allows at most 15 digits after the plus, the first never 0; fewer than 7 is no public number.
 */
export function toE164(raw: string | null, country?: string): string | null {
  if (raw === null || raw.length > MAX_RAW) return null;
  if (raw.startsWith("+")) {
    const compact = raw.replace(/[\s().\-/]/g, "");
    return /^\+[1-9]\d{6,14}$/.test(compact) ? compact : null;
  }
  // `isPossible` looks at the length only: an extension of three digits is none, a new number range is one.
  const national = country === undefined ? undefined : parsePhoneNumberFromString(raw, country as CountryCode);
  return national?.isPossible() === true && national.nationalNumber.length >= 7 ? national.number : null;
}
