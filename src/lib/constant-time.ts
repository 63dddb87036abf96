/** Whether the bytes are equal, in a time that depends only on their length. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && crypto.subtle.timingSafeEqual(one, other);
}

/**
 * Whether the texts are equal. Their hashes have the same length, so the time does not depend on the texts' lengths
 * either.
 */
export async function sameText(one: string, other: string): Promise<boolean> {
  const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await hash(one), await hash(other));
}
