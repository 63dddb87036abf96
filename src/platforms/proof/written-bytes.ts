import { fromBase64, fromHex, toBase64 } from "../../lib/hmac";

/**
 * So many bytes as a signature header holds them: in hexadecimal (either case, the bytes apart by dashes or colons or
 * not) or in base64 (either alphabet, padded or not); undefined for anything else. No text is bytes of one length in
 * both.
 */
export function readWrittenBytes(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  const bare = text.trim();
  if (bare.length > 3 * length) return undefined;
  const hex = /^(?:[0-9a-f]{2}([-:])(?:[0-9a-f]{2}\1)*)[0-9a-f]{2}$/i.test(bare) ? bare.replace(/[-:]/g, "") : bare;
  if (hex.length === 2 * length) return fromHex(hex);
  const bytes = fromBase64(bare);
  return bytes?.length === length && isCanonical(bare, bytes) ? bytes : undefined;
}

// Base64 has bits at its end that mean nothing: written back, they are zero.
function isCanonical(text: string, bytes: Uint8Array): boolean {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
  return toBase64(bytes).replace(/=+$/, "") === plain;
}
