import {
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
  type CountryCode,
  type NumberingPlan,
  type PhoneNumber,
} from "libphonenumber-js/min";
import { recent } from "../../lib/recent";
import { readWrittenNumber } from "./written-number";

/** ITU-T E.164: at most 15 digits behind the plus; fewer than 7 of a country's own are no public number. */
const MAX_DIGITS = 15;
const MIN_NATIONAL = 7;
const NORTH_AMERICAN_TRUNK = "1";

/**
 * What carriers send for a caller who hides the number, and Twilio hands on with a plus: ANONYMOUS, RESTRICTED,
 * BLOCKED, UNKNOWN, UNAVAILABLE and PRIVATE as a keypad spells them. As numbers they would make one caller of all who
 * do.
 */
const WITHHELD: ReadonlySet<string> = new Set([
  "266696687",
  "7378742833",
  "17378742833",
  "2562533",
  "8656696",
  "86282452253",
  "7748483",
]);

/**
 * The number in E.164, or null where it cannot be known: right or unknown, never another number. A national number says
 * nothing of its country unless the source has one set. What a country adds to a number or leaves out of it abroad (a
 * trunk zero, in Italy kept; Argentina's 15 and 9) is known to the library; where a digit was changed, the number that
 * came out must be one of the country's, and where none was, it need only be as long as its numbers are: ranges are
 * newer than any table.
 */
export function toE164(raw: string | null, country?: string): string | null {
  return raw === null ? null : numbers(`${country ?? ""} ${raw}`, () => readE164(raw, country));
}

// A company's own lines are in each of its calls and a caller is in each notice of a call, which is read twice; to read
// a number costs more than to prove its sender.
const numbers = recent<string | null>(500);

function readE164(raw: string, country: string | undefined): string | null {
  const written = readWrittenNumber(raw);
  if (written === undefined) return null;
  const digits = digitsOf(written.text);
  if (WITHHELD.has(digits)) return null;
  const home = country !== undefined && isSupportedCountry(country) ? country : undefined;
  if (!written.international) return home === undefined ? null : dialled(written.text, home);
  if (digits.startsWith("0")) return null;
  const found = international(written.text);
  return found !== null && home !== undefined && isHomeNumber(written.text, home, found) ? null : found;
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
    (abroad !== undefined && isOwn ? international(`+${abroad}`) : null) ??
    national(text, country) ??
    (abroad === undefined ? null : international(`+${abroad}`))
  );
}

function international(text: string): string | null {
  const found = parsePhoneNumberFromString(withoutMexicanPrefix(text, /^521(\d{10})$/));
  return found && isSound(found, isSameAbroad(found, text)) ? found.number : null;
}

function national(text: string, country: CountryCode): string | null {
  const current = country === "MX" ? withoutMexicanPrefix(text, /^(?:01|04[45])(\d{10})$/) : text;
  const found = parsePhoneNumberFromString(current, country);
  return found && isSound(found, isSameAtHome(found, digitsOf(text), country)) ? found.number : null;
}

/** `isPossible` looks at the length only: an extension of three digits is none, a new number range is one. */
function isSound(found: PhoneNumber, isSame: boolean): boolean {
  const { nationalNumber } = found;
  if (!found.isPossible() || nationalNumber.length < MIN_NATIONAL) return false;
  if (digitsOf(found.number).length > MAX_DIGITS) return false;
  // The same digit all through is what systems put where they have no number; few countries have such numbers.
  const isFiller = /^(\d)\1+$/.test(nationalNumber);
  return (isSame && !isFiller) || found.isValid();
}

/**
 * Whether it was written so, but for a zero in brackets, or for a trunk prefix with which it would be too long to be
 * one.
 */
function isSameAbroad(found: PhoneNumber, text: string): boolean {
  const digits = digitsOf(found.number);
  const written = digitsOf(text);
  if (written === digits || digitsOf(text.replace(/\(\s*0\s*\)/, "")) === digits) return true;
  const { countryCallingCode: code, nationalNumber } = found;
  const { trunk, lengths } = planOf(code);
  return written === `${code}${trunk ?? ""}${nationalNumber}` && !lengths.includes(written.length - code.length);
}

/**
 * Whether it was written whole: with its trunk prefix, or where there is none to leave out. A local number is not
 * whole.
 */
function isSameAtHome({ nationalNumber }: PhoneNumber, written: string, country: CountryCode): boolean {
  const { trunk } = planOf(country);
  const isOptional = trunk === undefined || trunk === NORTH_AMERICAN_TRUNK;
  return written === `${trunk ?? ""}${nationalNumber}` || (isOptional && written === nationalNumber);
}

function planOf(countryOrCode: string): { trunk: string | undefined; lengths: readonly number[] } {
  const metadata = new Metadata();
  // Calling codes are taken too, which its types leave out.
  metadata.selectNumberingPlan(countryOrCode as CountryCode);
  const plan = metadata.numberingPlan as (NumberingPlan & { nationalPrefix(): string | undefined }) | undefined;
  return { trunk: plan?.nationalPrefix() || undefined, lengths: plan?.possibleLengths() ?? [] };
}

/**
 * Mexico ended the 1 behind 52, and 01, 044 and 045, in August 2019: written with them, it is the same number without.
 */
function withoutMexicanPrefix(text: string, pattern: RegExp): string {
  const own = pattern.exec(digitsOf(text))?.[1];
  return own === undefined ? text : `+52${own}`;
}

/**
 * A plus before one of the country's own numbers, which read abroad is of no range: which one is meant cannot be known.
 */
function isHomeNumber(text: string, country: CountryCode, found: string): boolean {
  if (parsePhoneNumberFromString(found)?.isValid() === true) return false;
  return parsePhoneNumberFromString(text.replace("+", ""), country)?.isValid() === true;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}
