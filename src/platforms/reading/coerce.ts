// Platforms fill templates by text substitution, so a number may come as text and a text as a number. Each of these
// gives the value, null for an empty one, or undefined for something it cannot be.

const MAX_TEXT = 500;
const MAX_AMOUNT = 1e15;
// C0 and C1 controls: no name or number holds one, and NUL cuts a text short in SQLite.
const CONTROLS = /\p{Cc}+/gu;
const UNRENDERED = /\{\{[^{}]*\}\}/;
const TRUE_WORDS = new Set(["1", "true", "yes", "y", "s", "si", "on", "verdadero"]);

/** Text, trimmed, made of whole characters, and no longer than `max`. */
export function toText(value: unknown, max = MAX_TEXT): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = String(value).toWellFormed().replace(CONTROLS, " ").trim();
  return text === "" ? null : text.slice(0, max).toWellFormed();
}

/** A number that is not negative: `125`, `"125"`, `"120.0"`, `"1,5"`. */
export function toAmount(value: unknown): number | null | undefined {
  // Computed lengths come with every digit a double has: 305.5700000000001.
  if (typeof value === "number") return value >= 0 && value < MAX_AMOUNT ? value : undefined;
  const text = toText(value);
  if (text === null || text === undefined) return text;
  return /^\d{1,15}([.,]\d{1,20})?$/.test(text) ? Number(text.replace(",", ".")) : undefined;
}

/** Whether the value means yes, in the words phone systems use in English and Spanish. */
export function isTrue(value: unknown): boolean {
  const text = toText(value);
  return typeof text === "string" && TRUE_WORDS.has(foldWord(text));
}

/** Whether a template variable was sent as it stands in the template: the sender knows no variable of that name. */
export function isUnrendered(value: unknown): boolean {
  return typeof value === "string" && UNRENDERED.test(value);
}

/** The word without case, accents and separators, so that `No-Answer`, `NO ANSWER` and `no_answer` are one. */
export function foldWord(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}
