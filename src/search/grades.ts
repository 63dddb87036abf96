// A number as words of the index: its first digit, its first two, and so on. A range of numbers is then a few words, which
// the index joins in the order of calls, so that a page ends when it is full.

/** The kind of the risk of a call. */
export const RISK = "risk";

const DIGITS = 4;
/** Steps in one: a tenth. */
const STEPS = 10;
const MOST = 10 ** DIGITS;

/** From where on all numbers are the same to the index, and before it steps of a tenth. */
export const MOST_GRADE = MOST / STEPS;

/** The kind of a score, by its name in any case. */
export function scoreKind(name: string): string {
  const bytes = [...new TextEncoder().encode(name.normalize("NFKC").trim().toLowerCase())];
  return `score${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The words of a number. One below 0 counts as 0, one above 999.9 as that. */
export function gradeTokens(kind: string, value: number): string[] {
  const step = Math.min(MOST - 1, Math.max(0, Math.floor(value * STEPS + TINY)));
  const digits = String(step).padStart(DIGITS, "0");
  return Array.from({ length: DIGITS }, (_, at) => tokenOf(kind, digits.slice(0, at + 1)));
}

/** The words of which a number from `from` on and below `below` has one; none for an empty range. */
export function gradesBetween(
  kind: string,
  { from = 0, below = MOST_GRADE }: { from?: number; below?: number },
): string[] {
  const first = Math.ceil(from * STEPS - TINY);
  const end = Math.ceil(below * STEPS - TINY);
  return beginnings("", first, end).map((digits) => tokenOf(kind, digits));
}

/** What 0.1 * 3 is more than 0.3 by, and less than any step. */
const TINY = 1e-6;

/** The shortest beginnings of numbers with four digits that stand for those from `first` to before `end`. */
function beginnings(start: string, first: number, end: number): string[] {
  const width = 10 ** (DIGITS - start.length);
  const least = Number(start || "0") * width;
  if (least >= end || least + width <= first) return [];
  if (start !== "" && least >= first && least + width <= end) return [start];
  return Array.from({ length: 10 }, (_, digit) => beginnings(`${start}${digit}`, first, end)).flat();
}

function tokenOf(kind: string, digits: string): string {
  return `${kind}x${digits}`;
}
