import { fromHex } from "../../lib/hmac";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { unauthorized } from "../refusals";
import { prefixed, verifyWithAny, withinTolerance } from "../proof/signed-bytes";

type Proof = { timestamp: string; signature: Uint8Array<ArrayBuffer> };

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: Headers, now: number): Result<void, Refusal> {
  const proof = proofOf(headers, now);
  return proof.ok ? ok(undefined) : proof;
}

/**
 * Audian's scheme (seed "Webhook Setup", Step 1): `X-Audian-Signature` is the hexadecimal HMAC-SHA256 of
 * `<X-Audian-Timestamp>.<raw body>`, and the key is the whole `whsec_…` text as UTF-8, not what it encodes.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const { timestamp, signature } = proof.value;
  return verifyWithAny("SHA-256", config.secrets, prefixed(`${timestamp}.`, request.body), signature);
}

function proofOf(headers: Headers, now: number): Result<Proof, Refusal> {
  const timestamp = headers.get("x-audian-timestamp");
  const signature = headers.get("x-audian-signature");
  if (timestamp === null || signature === null) {
    return unauthorized("missing_signature", "X-Audian-Signature and X-Audian-Timestamp are required.");
  }
  const bytes = signature.length === 64 ? fromHex(signature) : undefined;
  if (!bytes) return unauthorized("malformed_signature", "X-Audian-Signature must be 64 hexadecimal characters.");
  if (!/^\d{1,12}$/.test(timestamp))
    return unauthorized("malformed_timestamp", "X-Audian-Timestamp must be the Unix time in seconds.");
  const fresh = withinTolerance(Number(timestamp) * SECOND, now, "X-Audian-Timestamp");
  return fresh.ok ? ok({ timestamp, signature: bytes }) : fresh;
}
