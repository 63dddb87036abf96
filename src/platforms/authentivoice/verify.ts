import type { HeaderFields } from "../../lib/http/header-fields";
import type { Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { hexSignature } from "../proof/hex-signature";
import { verifyWithAny } from "../proof/signed-bytes";
import { likely } from "../proof/signed-moment";
import { pythonForm } from "./verify-python-form";

const HEADER = "X-AuthentiVoice-Signature";

/** The header alone: there and well formed. AuthentiVoice signs no moment, so there is no clock to hold it to. */
export function precheck(headers: HeaderFields): Result<void, Refusal> {
  return likely(hexSignature(headers, HEADER));
}

/**
 * AuthentiVoice's scheme (seed "Security"): `X-AuthentiVoice-Signature` is the hexadecimal HMAC-SHA256 of the body. Its
 * sample signs Python's `json.dumps` of the body's value, which has other bytes than a body sent compact: both forms
 * are taken. A request can be sent again by whoever saw it; the merge makes nothing new of it.
 */
export async function verify(request: InboundRequest, config: SourceConfig): Promise<Result<void, Refusal>> {
  const signature = hexSignature(request.headers, HEADER);
  if (!signature.ok) return signature;
  const raw = await verifyWithAny("SHA-256", config.secrets, request.body, signature.value);
  if (raw.ok) return raw;
  const dumped = pythonForm(request.body);
  return dumped ? verifyWithAny("SHA-256", config.secrets, dumped, signature.value) : raw;
}
