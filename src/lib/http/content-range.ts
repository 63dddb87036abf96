/**
 * Which bytes of a file an answer carries, the last included, and how many the file has: null where the server does not
 * know.
 */
export type ContentRange = { first: number; last: number; size: number | null };

const RANGE = /^\s*bytes[\s=]\s*(\d{1,15})\s*-\s*(\d{1,15})\s*\/\s*(\d{1,15}|\*)\s*$/i;

/**
 * Reads a Content-Range header in bytes (RFC 9110 §14.4); undefined where it is missing, says that no such range is
 * there or makes no sense. Some servers write the equals sign of a Range header behind the unit.
 */
export function readContentRange(header: string | null | undefined): ContentRange | undefined {
  const [, first, last, size] = RANGE.exec(header ?? "") ?? [];
  if (first === undefined) return undefined;
  const range = { first: Number(first), last: Number(last), size: size === "*" ? null : Number(size) };
  return range.first <= range.last && (range.size === null || range.last < range.size) ? range : undefined;
}
