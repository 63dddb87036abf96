import type { MasterKeys } from "./seal";

type DerivedKey = Uint8Array<ArrayBuffer>;

const derived = new WeakMap<Uint8Array, Map<string, Promise<DerivedKey>>>();

/**
 * The key of one purpose, derived from a master key (HKDF): what it signs reveals nothing about sealed secrets, and one
 * purpose accepts nothing of another.
 */
export function derivedKey(masterKey: Uint8Array<ArrayBuffer>, purpose: string): Promise<DerivedKey> {
  const known = derived.get(masterKey) ?? new Map<string, Promise<DerivedKey>>();
  derived.set(masterKey, known);
  const key = known.get(purpose) ?? hkdf(masterKey, purpose);
  known.set(purpose, key);
  return key;
}

/** The version of the master key that new things are sealed and signed with. */
export function newestVersion(masterKeys: MasterKeys): number {
  if (masterKeys.size === 0) throw new Error("MASTER_KEYS is empty");
  return Math.max(...masterKeys.keys());
}

async function hkdf(masterKey: Uint8Array<ArrayBuffer>, purpose: string): Promise<DerivedKey> {
  const material = await crypto.subtle.importKey("raw", masterKey, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(purpose);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
}
