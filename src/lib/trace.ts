// Crockford's base 32, as in ids.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS = 26;

/**
 * The trace of everything that concerns one call or endpoint, as W3C Trace Context writes one: the 128 bits of its id in
 * hexadecimal. It is known wherever the id is, so that a notice, the timeline and each delivery have the same without
 * its being stored or passed on. Null for a text that is no such id.
 */
export function traceIdOf(id: string): string | null {
  const text = id.split("_")[1] ?? "";
  if (text.length !== LETTERS) return null;
  let bits = 0n;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5n) | BigInt(value);
  }
  // Thirty-two digits have two bits less than twenty-six letters.
  return (bits >> 2n).toString(16).padStart(32, "0");
}

/** The header `traceparent` of one attempt of a delivery. */
export function traceParentOf(stream: string, deliveryId: string, attempt: number): string | null {
  const trace = traceIdOf(stream);
  const delivery = traceIdOf(deliveryId);
  if (trace === null || delivery === null) return null;
  const span = `${delivery.slice(-14)}${(attempt & 255).toString(16).padStart(2, "0")}`;
  return `00-${trace}-${span}-01`;
}
