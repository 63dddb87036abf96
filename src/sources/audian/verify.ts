import { fromHex, verifyHmac } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";

const TOLERANCE = 300 * SECOND;

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
  const message = signedBytes(timestamp, request.body);
  for (const secret of config.secrets) {
    if (await verifyHmac("SHA-256", secret, message, signature)) return ok(undefined);
  }
  return refuse("wrong_signature", "The signature does not match the body under this source's secret.");
}

function proofOf(headers: Headers, now: number): Result<Proof, Refusal> {
  const timestamp = headers.get("x-audian-timestamp");
  const signature = headers.get("x-audian-signature");
  if (timestamp === null || signature === null) {
    return refuse("missing_signature", "X-Audian-Signature and X-Audian-Timestamp are required.");
  }
  const bytes = signature.length === 64 ? fromHex(signature) : undefined;
  if (!bytes) return refuse("malformed_signature", "X-Audian-Signature must be 64 hexadecimal characters.");
  if (!/^\d{1,12}$/.test(timestamp))
    return refuse("malformed_timestamp", "X-Audian-Timestamp must be the Unix time in seconds.");
  if (Math.abs(Number(timestamp) * SECOND - now) > TOLERANCE) {
    return refuse("timestamp_out_of_window", "X-Audian-Timestamp is more than 300 seconds away from now.");
  }
  return ok({ timestamp, signature: bytes });
}

function signedBytes(timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = new TextEncoder().encode(`${timestamp}.`);
  const message = new Uint8Array(prefix.length + body.length);
  message.set(prefix);
  message.set(body, prefix.length);
  return message;
}

function refuse(reason: string, message: string): Result<never, Refusal> {
  return err({ status: 401, reason, message });
}
