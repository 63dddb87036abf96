import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import { readClockTime } from "../reading/clock-time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { hexSignature } from "../proof/hex-signature";
import { unauthorized } from "../refusals";
import { prefixed, verifyWithAny, withinTolerance } from "../proof/signed-bytes";
import { likely, type SignedMoment } from "../proof/signed-moment";
import type { Net2phoneSettings } from "./settings";

const MAX_TIMESTAMP = 64;

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
}

/**
 * net2phone's scheme: `x-net2phone-signature` is the hexadecimal HMAC-SHA256 of `<x-net2phone-timestamp>:<raw body>`,
 * the timestamp as it stands in the header, all seven digits of its fraction (AuditorIA's receiver, corrected after
 * live traffic). Its older description signs the body alone: taken too where the source is set to.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig<Net2phoneSettings>,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const { timestamp, signature } = proof.value;
  const signed = await verifyWithAny("SHA-256", config.secrets, prefixed(`${timestamp}:`, request.body), signature);
  if (signed.ok || config.settings.body_only_signature !== true) return signed;
  return verifyWithAny("SHA-256", config.secrets, request.body, signature);
}

function proofOf(headers: HeaderFields, now: number): Result<SignedMoment, Refusal> {
  const signature = hexSignature(headers, "x-net2phone-signature");
  if (!signature.ok) return signature;
  const timestamp = headers.get("x-net2phone-timestamp");
  if (timestamp === null) return unauthorized("missing_timestamp", "x-net2phone-timestamp is required.");
  const at = timestamp.length <= MAX_TIMESTAMP ? readClockTime(timestamp, "UTC") : undefined;
  if (at === undefined)
    return unauthorized("malformed_timestamp", "x-net2phone-timestamp must be a moment in ISO 8601.");
  const fresh = withinTolerance(at, now, "x-net2phone-timestamp");
  return fresh.ok ? ok({ timestamp, signature: signature.value }) : fresh;
}
