/** What a number was written as. `ambiguous`: it may be either of the two, as thousands or with decimals. */
export type WrittenNumber =
  | { kind: "number"; value: number }
  | { kind: "ambiguous"; thousands: number; decimals: number }
  | { kind: "none" };

/** The mark before decimals, "." as in 1,000.50 or "," as in 1.000,50; the other one groups thousands. */
export type DecimalMark = "." | ",";

const CURRENCY = /^(-?)(?:US\$|USD|\$)\s*/;

/**
 * Reads a number as a person writes it, with or without the sign of dollars. A group of three after the mark of thousands
 * is thousands (1,000); what can only be meant in the other way is read so (1.000,50 or 0,006 where the mark is "."); and
 * three digits after the mark of decimals, 1.000, may be either. Exponents and other signs are no numbers here.
 */
export function readNumber(text: string, mark: DecimalMark): WrittenNumber {
  const digits = text.trim().replace(CURRENCY, "$1");
  if (/^-?\d+$/.test(digits)) return { kind: "number", value: Number(digits) };
  const other = mark === "." ? "," : ".";
  const own = inGroups(digits, mark);
  if (own !== null) return { kind: "number", value: own };
  const grouped = inGroups(digits, other);
  const decimal = withDecimals(digits, mark) ?? withDecimals(digits, other);
  const value = decimal ?? grouped;
  if (value === null) return { kind: "none" };
  if (decimal !== null && grouped !== null) return { kind: "ambiguous", thousands: grouped, decimals: decimal };
  return { kind: "number", value };
}

/** A number as a field holds it, which `readNumber` reads as the same whatever the mark. */
export function numberText(value: number): string {
  const text = String(value);
  // Three digits after a point, 1.125, are thousands to some.
  return /^-?[1-9]\d{0,2}\.\d{3}$/.test(text) ? `${text}0` : text;
}

function inGroups(digits: string, mark: DecimalMark): number | null {
  const pattern = mark === "." ? /^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/ : /^-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/;
  if (!pattern.test(digits)) return null;
  return Number(digits.replaceAll(mark === "." ? "," : ".", "").replace(mark, "."));
}

function withDecimals(digits: string, mark: DecimalMark): number | null {
  return (mark === "." ? /^-?\d*\.\d+$/ : /^-?\d*,\d+$/).test(digits) ? Number(digits.replace(mark, ".")) : null;
}
