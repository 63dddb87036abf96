import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
} from "libphonenumber-js/min";

const MAX_RAW = 100;
/** Digits and what people put between them, with an extension behind them or not: the library finds numbers in any text. */
const WRITTEN = /^[\p{Nd}\s().\-/]+(?:(?:;ext=|\s*ext\.?|\s*x)\s*\d{1,7})?$/iu;

/**
 * What carriers send for a caller who hides the number, and Twilio hands on with a plus: ANONYMOUS, RESTRICTED, BLOCKED,
 * UNKNOWN, UNAVAILABLE and PRIVATE as a keypad spells them. As numbers they would make one caller of all who do.
 */
const WITHHELD: ReadonlySet<string> = new Set([
  "+266696687",
  "+7378742833",
  "+17378742833",
  "+2562533",
  "+8656696",
  "+86282452253",
  "+7748483",
]);

/**
 * The number in E.164, or null where it cannot be known: a national number says nothing of its country unless the source
 * has one set. ITU-T E.164 allows at most 15 digits after the plus, the first never 0; fewer than 7 is no public number.
 */
export function toE164(raw: string | null, country?: string): string | null {
  if (raw === null || raw.length > MAX_RAW) return null;
  const text = raw.replace(/^tel:/i, "");
  if (text.startsWith("+")) {
    const compact = text.replace(/[\s().\-/]/g, "");
    return /^\+[1-9]\d{6,14}$/.test(compact) && !WITHHELD.has(compact) ? compact : null;
  }
  if (country === undefined || !isSupportedCountry(country)) return null;
  if (!WRITTEN.test(text)) return null;
  return dialled(text, country);
}

/**
 * A number as it is dialled in the country. `00` and the country's own code come first: where callers choose a carrier
 * behind `00` (Brazil, Colombia), the code would be taken for one. Other numbers behind `00` are the last resort, as
 * phone systems write them also where one dials 011 or 0011.
 */
function dialled(text: string, country: CountryCode): string | null {
  const abroad = /^\s*0\s*0(.+)$/s.exec(text)?.[1]?.trimStart();
  const isOwn = abroad?.replace(/\D/g, "").startsWith(getCountryCallingCode(country));
  return (
    (abroad !== undefined && isOwn ? possible(`+${abroad}`, country) : null) ??
    possible(text, country) ??
    (abroad === undefined ? null : possible(`+${abroad}`, country))
  );
}

// `isPossible` looks at the length only: an extension of three digits is none, a new number range is one.
function possible(text: string, country: CountryCode): string | null {
  const found = parsePhoneNumberFromString(text, country);
  if (found?.isPossible() !== true || found.nationalNumber.length < 7 || /^0+$/.test(found.nationalNumber)) return null;
  return found.number;
}
