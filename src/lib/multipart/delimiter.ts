const CR = 13;
const LF = 10;
const DASH = 45;
const SPACE = 32;
const TAB = 9;
/** Spaces that a boundary line may end with (RFC 2046 "transport-padding"). No known sender uses any. */
const MAX_PADDING = 128;

/** The bytes between two parts: the line break before a boundary is part of it. */
export function delimiterOf(boundary: string): Uint8Array {
  return new TextEncoder().encode(`\r\n--${boundary}`);
}

/**
 * The position of the first delimiter, or of its beginning at the end of the bytes (`whole` false); their length when
 * there is none.
 */
export function findDelimiter(bytes: Uint8Array, delimiter: Uint8Array): { at: number; whole: boolean } {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    const same = sameFrom(bytes, at, delimiter);
    if (same === delimiter.length) return { at, whole: true };
    if (at + same === bytes.length) return { at, whole: false };
  }
  return { at: bytes.length, whole: false };
}

/**
 * What follows a delimiter: a part, the end, or data, in which case it was no delimiter. Undefined while more bytes are
 * needed.
 */
export function afterDelimiter(
  bytes: Uint8Array,
  at: number,
): { kind: "part"; length: number } | { kind: "end" | "data" } | undefined {
  if (bytes[at] === DASH) {
    if (bytes.length < at + 2) return undefined;
    return { kind: bytes[at + 1] === DASH ? "end" : "data" };
  }
  let next = at;
  while (next - at < MAX_PADDING && (bytes[next] === SPACE || bytes[next] === TAB)) next += 1;
  if (bytes.length === next || (bytes[next] === CR && bytes.length === next + 1)) return undefined;
  return bytes[next] === CR && bytes[next + 1] === LF ? { kind: "part", length: next + 2 - at } : { kind: "data" };
}

function sameFrom(bytes: Uint8Array, at: number, delimiter: Uint8Array): number {
  let same = 0;
  while (same < delimiter.length && at + same < bytes.length && bytes[at + same] === delimiter[same]) same += 1;
  return same;
}
