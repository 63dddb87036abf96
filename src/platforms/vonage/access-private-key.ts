import { fromBase64, toBase64Url } from "../../lib/hmac";

const PEM = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/;
/** Long enough for the slowest download to begin, short enough to be worth little to a thief. */
const LIFETIME_SECONDS = 15 * 60;

const encoder = new TextEncoder();

/** The key's bytes (PKCS #8) in its PEM text, whose line ends may be written as `\n`; undefined for anything else. */
export function pkcs8Of(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const inner = PEM.exec(pem.replaceAll("\\n", "\n"))?.[1];
  const bytes = inner === undefined ? undefined : fromBase64(inner.replace(/\s+/g, ""));
  // A DER sequence: the outermost thing of every such key.
  return bytes?.[0] === 0x30 ? bytes : undefined;
}

/**
 * A token that proves an application to Vonage's API: RS256 over `{application_id, iat, exp, jti}` (Vonage docs,
 * "Authentication", JSON Web Tokens). `now` in milliseconds. Undefined where the key is none WebCrypto can read.
 */
export async function applicationToken(
  applicationId: string,
  pem: string,
  now: number,
  id: string,
): Promise<string | undefined> {
  const key = await readKey(pem);
  if (!key) return undefined;
  const iat = Math.floor(now / 1000);
  const claims = { application_id: applicationId, iat, exp: iat + LIFETIME_SECONDS, jti: id };
  const message = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, encoder.encode(message));
  return `${message}.${toBase64Url(new Uint8Array(signature))}`;
}

async function readKey(pem: string): Promise<CryptoKey | undefined> {
  const bytes = pkcs8Of(pem);
  if (!bytes) return undefined;
  try {
    return await crypto.subtle.importKey("pkcs8", bytes, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, [
      "sign",
    ]);
  } catch {
    return undefined;
  }
}

function part(value: unknown): string {
  return toBase64Url(encoder.encode(JSON.stringify(value)));
}
