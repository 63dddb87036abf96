// Crockford's base 32, in lower case: no i, l, o or u, so that an id can be read out over the phone.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id that sorts by time: `prefix_`, 10 characters of milliseconds, 16 random characters (80 bits). `now` is in
 * milliseconds since the epoch.
 */
export function newId(prefix: string, now: number): string {
  return `${prefix}_${encodeTime(now)}${encodeBytes(crypto.getRandomValues(new Uint8Array(10)))}`;
}

/** When an id of `newId` was made, in milliseconds; NaN for other ids. */
export function timeOfId(id: string): number {
  const digits = id.slice(id.lastIndexOf("_") + 1, -16);
  if (digits.length !== 10) return Number.NaN;
  let time = 0;
  for (const digit of digits) time = time * 32 + (ALPHABET.includes(digit) ? ALPHABET.indexOf(digit) : Number.NaN);
  return time;
}

/** 128 bits of SHA-256 over the parts, as 26 characters. The same parts always give the same text. */
export async function digestOf(parts: readonly string[]): Promise<string> {
  // The lengths keep ("ab","c") and ("a","bc") different.
  const text = parts.map((part) => `${part.length}:${part}`).join("|");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBytes(new Uint8Array(digest, 0, 16));
}

function encodeTime(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds));
  let text = "";
  for (let index = 0; index < 10; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeBytes(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text;
}
