import type { HeaderFields } from "../../lib/http/header-fields";
import { fromBase64, toBase64 } from "../../lib/hmac";
import { type Result, ok } from "../../lib/result";
import type { InboundRequest, Refusal, SecretRule, SourceConfig } from "../contract";
import { matchesAny, prefixed } from "../proof/signed-bytes";
import { checkUnixMoment, likely } from "../proof/signed-moment";
import { readWrittenBytes } from "../proof/written-bytes";
import { unauthorized } from "../refusals";

/** Names of the three headers: the specification's, and those of Svix, where it comes from. */
const FAMILIES = ["webhook", "svix"] as const;
const MAX_ID = 256;
const MAX_SIGNATURES = 10;
const SIGNATURE_BYTES = 32;
const MAX_HEADER = 4_096;
// Parted by blanks; by commas too where the header was set several times.
const SIGNATURE = /(?<=^|[\s,])v1,\s*([A-Za-z0-9+/_-]+={0,2})(?=$|[\s,])/gi;

type Proof = { id: string; timestamp: string; signatures: Uint8Array<ArrayBuffer>[] };

/** The headers alone: all there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
}

/**
 * Standard Webhooks, symmetric: the HMAC-SHA256 of `<id>.<timestamp>.<raw body>` under the decoded secret, as one of
 * the `v1,<base64>` in the signature header. Other versions (`v1a` is asymmetric) prove nothing here.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const { id, timestamp, signatures } = proof.value;
  const keys = config.secrets.flatMap((secret) => keyOf(secret) ?? []);
  return matchesAny("SHA-256", keys, prefixed(`${id}.${timestamp}.`, request.body), signatures);
}

function proofOf(headers: HeaderFields, now: number): Result<Proof, Refusal> {
  const family = FAMILIES.find((name) => headers.has(`${name}-signature`)) ?? "webhook";
  const id = headers.get(`${family}-id`);
  const timestamp = headers.get(`${family}-timestamp`);
  const signature = headers.get(`${family}-signature`);
  if (!id || timestamp === null || signature === null) {
    return unauthorized("missing_signature", "webhook-id, webhook-timestamp and webhook-signature are required.");
  }
  if (id.length > MAX_ID) return unauthorized("malformed_id", `${family}-id must be at most ${MAX_ID} characters.`);
  const signatures = signaturesIn(signature);
  if (signatures.length === 0) {
    return unauthorized("malformed_signature", `${family}-signature must hold v1, and the base64 of 32 bytes.`);
  }
  const fresh = checkUnixMoment(timestamp, now, `${family}-timestamp`);
  return fresh.ok ? ok({ id, timestamp, signatures }) : fresh;
}

function signaturesIn(header: string): Uint8Array<ArrayBuffer>[] {
  const current = [...header.slice(0, MAX_HEADER).matchAll(SIGNATURE)].map(([, written = ""]) => written);
  return current.slice(0, MAX_SIGNATURES).flatMap((written) => readWrittenBytes(written, SIGNATURE_BYTES) ?? []);
}

const PREFIX = "whsec_";
// Standard Webhooks specification, "Signature scheme": between 24 and 64 bytes.
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** `whsec_` and base64, as the specification has it. The sender may show it, or take ours. */
export const secret: SecretRule = {
  name: "signing secret",
  origin: "either",
  problem: (text) => (keyOf(text) ? undefined : `must be whsec_ and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`),
  mint: () => `${PREFIX}${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`,
};

/** The key's bytes; undefined for a text that is no such secret. */
export function keyOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text);
  return bytes && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : undefined;
}
