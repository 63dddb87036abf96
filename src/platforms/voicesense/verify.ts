import type { HeaderFields } from "../../lib/http/header-fields";
import type { Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { hexSignature } from "../proof/hex-signature";
import { verifyWithAny } from "../proof/signed-bytes";
import { likely } from "../proof/signed-moment";

const HEADER = "X-Voicesense-Signature";

/** The header alone: there and well formed. Voicesense signs no moment, so there is no clock to hold it to. */
export function precheck(headers: HeaderFields): Result<void, Refusal> {
  return likely(hexSignature(headers, HEADER));
}

/**
 * Voicesense's scheme (seed "Verifying requests"): `X-Voicesense-Signature` is the hexadecimal HMAC-SHA256 of the raw
 * body under the company's secret. A request can be sent again by whoever saw it; the merge makes nothing new of it.
 */
export async function verify(request: InboundRequest, config: SourceConfig): Promise<Result<void, Refusal>> {
  const signature = hexSignature(request.headers, HEADER);
  return signature.ok ? verifyWithAny("SHA-256", config.secrets, request.body, signature.value) : signature;
}
