import { fromBase64, toBase64 } from "../../lib/hmac";

// The secret forms of the profiles. Standard Webhooks asks for 24 to 64 bytes.
const PREFIX = "whsec_";
const FRESH_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const MIN_TEXT = 8;
const MAX_TEXT = 256;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const FRESH_LETTERS = 32;

/** Generates a `whsec_` secret: the base64 of 32 random bytes. */
export function newWhsec(): string {
  return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(FRESH_BYTES)));
}

/** Checks a Standard Webhooks secret: `whsec_` and the base64 of 24 to 64 bytes. */
export function checkWhsec(secret: string): string | undefined {
  const bytes = /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
  if (bytes && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) return undefined;
  return `must be ${PREFIX} followed by the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`;
}

/** The key of a `whsec_` secret: the decoded text after the prefix. */
export function whsecKey(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
  if (!key || key.length === 0) throw new Error("a signing secret is not whsec_ followed by base64");
  return key;
}

/** Generates 32 letters and digits (190 bits), the form that Voicesense shows. */
export function newTextSecret(): string {
  let secret = "";
  while (secret.length < FRESH_LETTERS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(FRESH_LETTERS))) {
      // Bytes beyond the last full round of letters would make the first letters more likely.
      if (byte < 256 - (256 % LETTERS.length) && secret.length < FRESH_LETTERS)
        secret += LETTERS[byte % LETTERS.length];
    }
  }
  return secret;
}

/** Checks a secret that is used as text, byte for byte. */
export function checkTextSecret(secret: string): string | undefined {
  if (
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(secret) &&
    secret.length >= MIN_TEXT &&
    secret.length <= MAX_TEXT
  ) {
    return undefined;
  }
  return `must be ${MIN_TEXT} to ${MAX_TEXT} printable ASCII characters without a space at either end`;
}
