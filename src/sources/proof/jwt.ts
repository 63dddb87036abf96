import { fromBase64, verifyHmac } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { readJsonObject } from "../reading/json-object";

export type JwtProblem = "malformed" | "wrong_algorithm" | "wrong_signature";

const encoder = new TextEncoder();

/**
 * The claims of a token that one of the secrets (as UTF-8 bytes) signed with HS256 (RFC 7515, RFC 7518 §3.2), compared in
 * constant time. The algorithm is pinned: what the token's own header says may only agree. Whether its times are good is
 * the caller's to say. Integers beyond 2^53 keep their digits as text.
 */
export async function verifyJwtHs256(
  token: string,
  secrets: readonly string[],
): Promise<Result<Record<string, unknown>, JwtProblem>> {
  const parts = partsOf(token);
  const claims = decodeJwt(token);
  if (!parts || !claims) return err("malformed");
  const header = readPart(parts.header);
  const signature = readBase64Url(parts.signature);
  if (!header || !signature) return err("malformed");
  if (header.get("alg") !== "HS256") return err("wrong_algorithm");
  const message = encoder.encode(`${parts.header}.${parts.payload}`);
  for (const secret of secrets) {
    // An empty key signs as any other, and would let everyone in.
    if (secret !== "" && (await verifyHmac("SHA-256", secret, message, signature))) return ok(claims);
  }
  return err("wrong_signature");
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

// RFC 7515 §2: the URL-safe letters only, and no padding.
function readBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^[A-Za-z0-9_-]+$/.test(text) ? fromBase64(text) : undefined;
}
