const encoder = new TextEncoder();
// Importing a key costs more than a signature, and an isolate uses the same few secrets again and again.
const keys = new Map<string, Promise<CryptoKey>>();
const MAX_KEYS = 500;

export type Hash = "SHA-256" | "SHA-1" | "SHA-512";

/** The HMAC of `message` under `secret` (text is used as UTF-8 bytes). */
export async function hmac(
  hash: Hash,
  secret: string | Uint8Array<ArrayBuffer>,
  message: BufferSource,
): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await hmacKey(hash, secret), message));
}

/** Whether `signature` is the HMAC of `message` under `secret`, compared in constant time by the platform. */
export async function verifyHmac(
  hash: Hash,
  secret: string | Uint8Array<ArrayBuffer>,
  message: BufferSource,
  signature: BufferSource,
): Promise<boolean> {
  return crypto.subtle.verify("HMAC", await hmacKey(hash, secret), signature, message);
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte]!;
  return text;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The bytes of a hexadecimal text in either case; undefined when it is not hexadecimal. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = (nibble(text.charCodeAt(index * 2)) << 4) | nibble(text.charCodeAt(index * 2 + 1));
  }
  return bytes;
}

/** The value of a hexadecimal digit, by its ASCII code: letters are nine behind their lowest four bits. */
function nibble(code: number): number {
  return (code & 15) + (code >> 6) * 9;
}

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The form of base64 that URLs and JSON Web Tokens have: other letters, no padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of a base64 text (padding optional, URL-safe letters allowed); undefined when it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined;
  try {
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** SHA-256 of text or bytes, in lower-case hexadecimal. */
export async function sha256Hex(data: string | BufferSource): Promise<string> {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function hmacKey(hash: Hash, secret: string | Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  // Text and bytes are cached separately: a text may equal the base64 of other bytes.
  const name = typeof secret === "string" ? `${hash}:text:${secret}` : `${hash}:bytes:${toBase64(secret)}`;
  const known = keys.get(name);
  if (known) return known;
  const bytes = typeof secret === "string" ? encoder.encode(secret) : secret;
  if (keys.size >= MAX_KEYS) keys.clear();
  const key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["sign", "verify"]);
  keys.set(name, key);
  return key;
}
