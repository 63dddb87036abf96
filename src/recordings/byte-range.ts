/** The bytes of a file that a request asks for: `offset` and `length` in bytes. */
export type ByteRange =
  | { kind: "whole" }
  | { kind: "part"; offset: number; length: number }
  | { kind: "unsatisfiable" };

/**
 * Reads a Range header for a file of `size` bytes (RFC 9110 §14.2). Several ranges, other units and unreadable values
 * give the whole file, as the RFC allows; players never ask for several ranges.
 */
export function readByteRange(header: string | null, size: number): ByteRange {
  const match = header === null ? null : /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return { kind: "whole" };
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: "unsatisfiable" } : { kind: "part", offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Number(last);
  // A range that ends before its start is invalid and is ignored.
  if (last !== "" && end < offset) return { kind: "whole" };
  return offset >= size
    ? { kind: "unsatisfiable" }
    : { kind: "part", offset, length: Math.min(end, size - 1) - offset + 1 };
}
