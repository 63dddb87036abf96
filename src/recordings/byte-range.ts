/** Which bytes of a file a request asks for: `offset` and `length` in bytes. */
export type ByteRange =
  | { kind: "whole" }
  | { kind: "part"; offset: number; length: number }
  | { kind: "unsatisfiable" };

/**
 * Reads a Range header against a file of `size` bytes (RFC 9110 §14.2). Several ranges at once, other units and what
 * cannot be read mean the whole file, which the RFC allows; players never ask for several.
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
  // An end before the start is no range at all, and is ignored like any other nonsense.
  if (last !== "" && end < offset) return { kind: "whole" };
  return offset >= size
    ? { kind: "unsatisfiable" }
    : { kind: "part", offset, length: Math.min(end, size - 1) - offset + 1 };
}
