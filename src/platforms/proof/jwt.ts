import { fromBase64, verifyHmac } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { readJsonObject } from "../reading/json-object";

export type JwtProblem = "malformed" | "wrong_algorithm" | "wrong_signature";

const encoder = new TextEncoder();
/** Headers hold an algorithm, a type and the name of a key; the largest signature is RSA's. */
const MAX_PART = 4_000;
// RFC 7515 §2: the URL-safe letters only, and no padding.
const BASE64_URL = /^[A-Za-z0-9_-]+$/;

/**
 * The claims of a token that one of the secrets (as UTF-8 bytes) signed with HS256 (RFC 7515, RFC 7518 §3.2), compared
 * in constant time. The algorithm is pinned: the token's own header may only agree. The caller checks its times.
 * Integers beyond 2^53 keep their digits as text.
 */
export async function verifyJwtHs256(
  token: string,
  secrets: readonly string[],
): Promise<Result<Record<string, unknown>, JwtProblem>> {
  const parts = partsOf(token);
  if (!parts || parts.header.length > MAX_PART || parts.signature.length > MAX_PART) return err("malformed");
  const header = readPart(parts.header);
  const signature = readBase64Url(parts.signature);
  if (!header || !signature || !BASE64_URL.test(parts.payload)) return err("malformed");
  if (header.get("alg") !== "HS256") return err("wrong_algorithm");
  const message = encoder.encode(`${parts.header}.${parts.payload}`);
  if (!(await isSignedWithAny(secrets, message, signature))) return err("wrong_signature");
  // Read only now: claims may be megabytes, and reading them costs far more than a signature.
  const claims = decodeJwt(token);
  return claims ? ok(claims) : err("malformed");
}

async function isSignedWithAny(
  secrets: readonly string[],
  message: BufferSource,
  signature: BufferSource,
): Promise<boolean> {
  for (const secret of secrets) {
    // An empty key signs as any other, and would let everyone in.
    if (secret !== "" && (await verifyHmac("SHA-256", secret, message, signature))) return true;
  }
  return false;
}

/** The claims of a token, unverified; undefined when it is no JWT in compact form with an object for claims. */
export function decodeJwt(token: string): Record<string, unknown> | undefined {
  const parts = partsOf(token);
  const claims = parts && readPart(parts.payload);
  return claims && Object.fromEntries(claims);
}

function partsOf(token: string): { header: string; payload: string; signature: string } | undefined {
  const [header, payload, signature, ...rest] = token.split(".", 4);
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  return { header, payload, signature };
}

function readPart(part: string) {
  const bytes = readBase64Url(part);
  const fields = bytes && readJsonObject(bytes, { longIntegers: "text" });
  return fields?.ok ? fields.value : undefined;
}

function readBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return BASE64_URL.test(text) ? fromBase64(text) : undefined;
}
