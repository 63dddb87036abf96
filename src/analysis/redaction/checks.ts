/** Check digits of numbers that people read out. Each takes plain digits (or letters) without separators. */

/** ISO/IEC 7812: the sum of a payment card. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Ranges of first digits and the lengths of cards that begin with them: the schemes' own tables, and Argentina's. */
const ISSUERS: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(6011|64[4-9]|65|622)/, [16, 19]],
  [/^35(2[89]|[3-8])/, [16, 19]],
  [/^(30[0-5]|3[689])/, [14, 16, 19]],
  [/^(5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 13, 14, 15, 16, 17, 18, 19]],
  [/^(589562|604[2-4]|6271|603522|5078|50[19]|6362|636368)/, [16]],
];

/** Whether a number has the first digits, the length and the sum of a payment card. */
export function isCard(digits: string): boolean {
  const isOfIssuer = ISSUERS.some(([start, lengths]) => start.test(digits) && lengths.includes(digits.length));
  return isOfIssuer && !/^(\d)\1*$/.test(digits) && isLuhn(digits);
}

/** Lengths of IBANs by country, from the registry of SWIFT: those of Europe's larger countries and of who speaks Spanish. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AT: 20,
  BE: 16,
  CH: 21,
  CR: 22,
  DE: 22,
  DK: 18,
  DO: 28,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GR: 27,
  GT: 28,
  IE: 22,
  IT: 27,
  LU: 20,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  SE: 24,
  SV: 28,
};

/** How long an IBAN of the country with this code is; undefined for another one. */
export function ibanLength(country: string): number | undefined {
  return Object.hasOwn(IBAN_LENGTHS, country) ? IBAN_LENGTHS[country] : undefined;
}

/** ISO 13616, modulus 97. In capitals. */
export function isIban(text: string): boolean {
  if (ibanLength(text.slice(0, 2)) !== text.length) return false;
  let rest = 0;
  for (const letter of text.slice(4) + text.slice(0, 4)) {
    const value = /\d/.test(letter) ? letter : String(letter.charCodeAt(0) - 55);
    for (const digit of value) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
}

/** An Argentine CBU: 22 digits, two of which check the bank and the account. */
export function isCbu(digits: string): boolean {
  if (!/^\d{22}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  const bank = (10 - (weighted(digits, [7, 1, 3, 9, 7, 1, 3]) % 10)) % 10;
  const account = (10 - (weighted(digits.slice(8), [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3]) % 10)) % 10;
  return bank === Number(digits[7]) && account === Number(digits[21]);
}

/** A Mexican CLABE: 18 digits, the last of which checks the others. */
export function isClabe(digits: string): boolean {
  if (!/^\d{18}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  const sum = digits
    .slice(0, 17)
    .split("")
    .reduce((all, digit, at) => all + ((Number(digit) * [3, 7, 1][at % 3]!) % 10), 0);
  return (10 - (sum % 10)) % 10 === Number(digits[17]);
}

/** A routing number of a US bank: nine digits, by the American Bankers Association. */
export function isRouting(digits: string): boolean {
  return /^[0-3]\d{8}$/.test(digits) && weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && Number(digits) > 0;
}

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

/** A Spanish DNI or NIE: eight digits, or X, Y or Z and seven, and the letter that checks them. In capitals. */
export function isDni(text: string): boolean {
  const [, start = "", digits = "", letter = ""] = /^([XYZ]?)(\d{7,8})([A-Z])$/.exec(text) ?? [];
  if (digits.length + start.length !== 8) return false;
  const number = Number(`${start === "" ? "" : "XYZ".indexOf(start)}${digits}`);
  return DNI_LETTERS[number % 23] === letter;
}

/** An Argentine CUIT or CUIL: eleven digits of which the last checks the others. */
export function isCuit(digits: string): boolean {
  if (!/^(20|23|24|25|26|27|30|33|34)\d{9}$/.test(digits)) return false;
  const rest = 11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 11 ? 0 : rest) === Number(digits[10]);
}

/** A Chilean RUT: seven or eight digits and a digit, or K, that checks them. In capitals. */
export function isRut(text: string): boolean {
  if (!/^\d{7,8}[\dK]$/.test(text)) return false;
  const digits = text.slice(0, -1).split("").toReversed();
  const rest = 11 - (digits.reduce((sum, digit, at) => sum + Number(digit) * (2 + (at % 6)), 0) % 11);
  return (rest === 11 ? "0" : rest === 10 ? "K" : String(rest)) === text.at(-1);
}

/** Nine digits that the US may have given as a social security number. It has no check digit. */
export function mayBeSsn(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits);
}
