import type { HeaderFields } from "../../lib/http/header-fields";
import type { Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { readHexSignature } from "../proof/hex-signature";
import { prefixed, verifyWithAny } from "../proof/signed-bytes";
import { likely, readSignedMoment, type SignedHeaders, type SignedMoment } from "../proof/signed-moment";

const HEADERS: SignedHeaders = {
  signature: "X-Audian-Signature",
  timestamp: "X-Audian-Timestamp",
  decode: readHexSignature,
  form: "64 hexadecimal characters",
};

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
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

function proofOf(headers: HeaderFields, now: number): Result<SignedMoment, Refusal> {
  return readSignedMoment(headers, now, HEADERS);
}
