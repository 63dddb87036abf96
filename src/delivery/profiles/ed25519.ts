import { fromBase64, toBase64 } from "../../lib/hmac";

// Keys in the notation of Standard Webhooks: `whsk_` for the private, `whpk_` for the public key, each in base64.
const PRIVATE_PREFIX = "whsk_";
const PUBLIC_PREFIX = "whpk_";
const SEED_BYTES = 32;
// Some libraries, such as libsodium, append the public key to the seed.
const SEED_AND_PUBLIC_BYTES = 64;

// The fixed prefix of every Ed25519 key in PKCS #8, the form in which WebCrypto imports a bare seed:
// https://www.rfc-editor.org/rfc/rfc8410#section-7
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

// Importing costs more than signing, and an isolate uses the same few keys again and again.
const imported = new Map<string, Promise<CryptoKey>>();
const MAX_IMPORTED = 100;

/** A public key as a JSON Web Key Set lists it (RFC 8037). */
export type PublicJwk = { kty: "OKP"; crv: "Ed25519"; x: string; kid: string; use: "sig"; alg: "EdDSA" };

/** Generates a private key: `whsk_` and the base64 of 32 bytes. */
export function newSigningKey(): string {
  return PRIVATE_PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
}

/** Whether a secret is an Ed25519 private key. */
export function isSigningKey(secret: string): boolean {
  return secret.startsWith(PRIVATE_PREFIX) && seedOf(secret) !== undefined;
}

/** One `v1a` signature of Standard Webhooks. */
export async function v1aSignature(privateKey: string, content: BufferSource): Promise<string> {
  const signature = await crypto.subtle.sign("Ed25519", await importKey(privateKey), content);
  return `v1a,${toBase64(new Uint8Array(signature))}`;
}

/** The public half of a private key, for a key set. Its id is the RFC 7638 thumbprint. */
export async function publicJwk(privateKey: string): Promise<PublicJwk> {
  const exported = (await crypto.subtle.exportKey("jwk", await importKey(privateKey))) as { x?: string };
  if (exported.x === undefined) throw new Error("an Ed25519 key has no public half");
  const thumbprint = JSON.stringify({ crv: "Ed25519", kty: "OKP", x: exported.x });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(thumbprint));
  const kid = toBase64(new Uint8Array(digest)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return { kty: "OKP", crv: "Ed25519", x: exported.x, kid, use: "sig", alg: "EdDSA" };
}

/** The public half of a private key in the notation of Standard Webhooks: `whpk_` and base64. */
export async function publicKey(privateKey: string): Promise<string> {
  const bytes = fromBase64((await publicJwk(privateKey)).x);
  if (!bytes) throw new Error("an Ed25519 key has no public half");
  return PUBLIC_PREFIX + toBase64(bytes);
}

function seedOf(privateKey: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(privateKey.slice(PRIVATE_PREFIX.length));
  if (bytes?.length !== SEED_BYTES && bytes?.length !== SEED_AND_PUBLIC_BYTES) return undefined;
  return bytes.slice(0, SEED_BYTES);
}

function importKey(privateKey: string): Promise<CryptoKey> {
  const known = imported.get(privateKey);
  if (known) return known;
  const seed = isSigningKey(privateKey) ? seedOf(privateKey) : undefined;
  if (!seed) throw new Error("an Ed25519 key is not whsk_ followed by base64");
  if (imported.size >= MAX_IMPORTED) imported.clear();
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...seed]);
  const key = crypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, true, ["sign"]);
  imported.set(privateKey, key);
  return key;
}
