import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import { HOUR } from "../../lib/time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { readMoment } from "../reading/fields";
import { hexSignature } from "../proof/hex-signature";
import { readJsonObject } from "../reading/json-object";
import { unauthorized } from "../refusals";
import { TOLERANCE, verifyWithAny } from "../proof/signed-bytes";
import { checkUnixMoment, likely } from "../proof/signed-moment";
import { DEFAULT_MAX_EVENT_AGE_HOURS, type VoqoSettings } from "./settings";

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
}

/**
 * Voqo's scheme (seed "HMAC SHA-256 Signature Verification"): `X-Webhook-Signature` is the hexadecimal HMAC-SHA256 of
 * the raw body, `X-Webhook-Timestamp` is Unix seconds, at most five minutes away. The signature does not cover that
 * header, so whoever saw a request could send it again under a new one: the event's own `timestamp`, which is signed,
 * is held to the clock too. An event without one is taken; the merge makes nothing new of a repetition.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig<VoqoSettings>,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const signed = await verifyWithAny("SHA-256", config.secrets, request.body, proof.value);
  return signed.ok ? checkEventTime(request.body, config.settings, now) : signed;
}

function proofOf(headers: HeaderFields, now: number): Result<Uint8Array<ArrayBuffer>, Refusal> {
  const signature = hexSignature(headers, "X-Webhook-Signature");
  if (!signature.ok) return signature;
  const timestamp = headers.get("x-webhook-timestamp");
  if (timestamp === null) return unauthorized("missing_timestamp", "X-Webhook-Timestamp is required.");
  const fresh = checkUnixMoment(timestamp, now, "X-Webhook-Timestamp");
  return fresh.ok ? signature : fresh;
}

function checkEventTime(
  body: Uint8Array,
  { max_event_age_hours: hours = DEFAULT_MAX_EVENT_AGE_HOURS }: VoqoSettings,
  now: number,
): Result<void, Refusal> {
  const json = readJsonObject(body);
  // What cannot be read is refused for that, by the reader.
  const at = json.ok ? readMoment(json.value.get("timestamp"), "UTC") : null;
  if (at === null) return ok(undefined);
  if (at > now + TOLERANCE)
    return unauthorized("event_in_future", "The event's timestamp is more than 300 seconds ahead of now.");
  if (at < now - hours * HOUR)
    return unauthorized("event_too_old", `The event's timestamp is more than ${hours} hours ago: max_event_age_hours.`);
  return ok(undefined);
}
