import { hmac, toBase64, toHex } from "../../lib/hmac";

/** HMAC-SHA256 of `message` under the secret's own characters, in lower-case hexadecimal. */
export async function hexSignature(secret: string, message: string): Promise<string> {
  return toHex(await hmac("SHA-256", secret, new TextEncoder().encode(message)));
}

/**
 * A header with the current secret's signature and, while a rotation overlaps, a second one with the previous secret's:
 * these profiles read a single signature from `name`.
 */
export async function hexSignatureHeaders(
  name: string,
  secrets: readonly string[],
  message: string,
): Promise<Record<string, string>> {
  const [current, previous] = secrets;
  if (current === undefined) throw new Error("an endpoint has no signing secret");
  return {
    [name]: await hexSignature(current, message),
    ...(previous === undefined ? {} : { [`${name}-Previous`]: await hexSignature(previous, message) }),
  };
}

/**
 * What Standard Webhooks signs:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardContent(id: string, timestamp: string, body: string): BufferSource {
  return new TextEncoder().encode(`${id}.${timestamp}.${body}`);
}

/** One `v1` signature of Standard Webhooks. */
export async function v1Signature(key: string | Uint8Array<ArrayBuffer>, content: BufferSource): Promise<string> {
  return `v1,${toBase64(await hmac("SHA-256", key, content))}`;
}

/** The time of the attempt for timestamp headers: whole seconds since the epoch. */
export function secondsOf(now: number): string {
  return String(Math.floor(now / 1000));
}
