// C0 and C1 controls but for tab and the two line ends: NUL cuts a text short in SQLite, the others show nothing.
const CONTROLS = /(?![\t\n\r])\p{Cc}/gu;
const MAX = 500_000;

/** A text of many lines as it came, such as a transcript; null for none, and for what is no text. */
export function readLongText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value.slice(0, MAX).toWellFormed().replace(CONTROLS, " ").trim();
  return text === "" ? null : text;
}
