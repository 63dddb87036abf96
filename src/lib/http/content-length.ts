/**
 * The number of bytes a header says, in Content-Length or in one like it; undefined where it is missing or none. The
 * same number several times is that number (RFC 9110 §8.6): some programs on the way repeat the header.
 */
export function readContentLength(header: string | null | undefined): number | undefined {
  const numbers = new Set((header ?? "").split(",").map((number) => number.trim()));
  const [number = "", ...others] = numbers;
  return others.length === 0 && /^\d{1,15}$/.test(number) ? Number(number) : undefined;
}
