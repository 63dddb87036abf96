/** Whether the bytes are the same, in a time that depends on their length alone. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && crypto.subtle.timingSafeEqual(one, other);
}

/** Whether the texts are the same. Their hashes have one length, so the time says nothing of the texts' lengths either. */
export async function sameText(one: string, other: string): Promise<boolean> {
  const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await hash(one), await hash(other));
}
