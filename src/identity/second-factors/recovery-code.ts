import { sha256Hex } from "../../lib/hmac";

// Crockford's base 32, as in ids: 32 letters, so that random bytes map to them without bias, and none looks like another.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CHARACTERS = 16;
const WHOLE_CODE = /^[0-9a-hjkmnp-tv-z]{16}$/;
const GROUP = 4;

/** A code of 80 random bits, in four groups of four. */
export function newRecoveryCode(): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(CHARACTERS))) text += ALPHABET.charAt(byte & 31);
  return groupsOfFour(text).join("-");
}

/** The text in groups of four characters. */
export function groupsOfFour(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / GROUP) }, (_, at) => text.slice(at * GROUP, (at + 1) * GROUP));
}

/**
 * The stored form of a code; undefined for text that cannot be one. Letters that are mistaken for digits are read as
 * these. With the user in it, equal hashes say nothing about two people.
 */
export async function hashRecoveryCode(userId: string, text: string): Promise<string | undefined> {
  const plain = text.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
  if (!WHOLE_CODE.test(plain)) return undefined;
  return sha256Hex(`${userId} ${plain}`);
}
