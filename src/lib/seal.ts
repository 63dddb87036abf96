import { fromBase64, toBase64 } from "./hmac";

/** Sealing keys by version. The highest one seals; each opens what it sealed, so that the master key can be rotated. */
export type MasterKeys = ReadonlyMap<number, Uint8Array<ArrayBuffer>>;

/**
 * What a sealed value belongs to: authenticated with it, so that it does not open in another row. Made by `contextOf`
 * (db/sealed-places.ts) only: a place that is not listed there would be missed when values are sealed anew.
 */
export type SealContext = string & { readonly isSealContext: true };

const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();
const IV_BYTES = 12;

/** Encrypts `text` with AES-GCM and the newest key. Form: `v{version}.{base64 iv+ciphertext}`. */
export async function seal(keys: MasterKeys, context: SealContext, text: string): Promise<string> {
  const version = newestVersion(keys);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) },
    await importKey(keys, version),
    new TextEncoder().encode(text),
  );
  const bytes = new Uint8Array(IV_BYTES + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), IV_BYTES);
  return `v${version}.${toBase64(bytes)}`;
}

/** Opens what `seal` made. Throws when the key is missing or the text was changed: both need the admin. */
export async function unseal(keys: MasterKeys, context: SealContext, sealed: string): Promise<string> {
  const match = /^v(\d+)\.(.+)$/.exec(sealed);
  const bytes = match?.[2] ? fromBase64(match[2]) : undefined;
  if (!match || !bytes) throw new Error(`a sealed value of ${context} is unreadable`);
  const opened = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: bytes.subarray(0, IV_BYTES), additionalData: new TextEncoder().encode(context) },
    await importKey(keys, Number(match[1])),
    bytes.subarray(IV_BYTES),
  );
  return new TextDecoder().decode(opened);
}

/** The value sealed with the newest key; the same value where it is already. Throws like `unseal`. */
export async function reseal(keys: MasterKeys, context: SealContext, sealed: string): Promise<string> {
  if (sealed.startsWith(`v${newestVersion(keys)}.`)) return sealed;
  return seal(keys, context, await unseal(keys, context, sealed));
}

/** The version of the key that seals. */
export function newestVersion(keys: MasterKeys): number {
  return Math.max(...keys.keys());
}

function importKey(keys: MasterKeys, version: number): Promise<CryptoKey> {
  const bytes = keys.get(version);
  if (!bytes) throw new Error(`MASTER_KEYS has no version ${version}`);
  const known = imported.get(bytes);
  if (known) return known;
  const key = crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  imported.set(bytes, key);
  return key;
}
