import { fromBase64, toBase64 } from "./hmac";

/** Sealing keys by version. The highest one seals; each opens what it sealed, so that the master key can be rotated. */
export type MasterKeys = ReadonlyMap<number, Uint8Array<ArrayBuffer>>;

const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();
const IV_BYTES = 12;

/**
 * Encrypts `text` with AES-GCM. `context` (a table and row id) is authenticated, so that a sealed value does not open
 * in another row. Form: `v{version}.{base64 iv+ciphertext}`.
 */
export async function seal(keys: MasterKeys, context: string, text: string): Promise<string> {
  const version = Math.max(...keys.keys());
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
export async function unseal(keys: MasterKeys, context: string, sealed: string): Promise<string> {
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

function importKey(keys: MasterKeys, version: number): Promise<CryptoKey> {
  const bytes = keys.get(version);
  if (!bytes) throw new Error(`MASTER_KEYS has no version ${version}`);
  const known = imported.get(bytes);
  if (known) return known;
  const key = crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  imported.set(bytes, key);
  return key;
}
