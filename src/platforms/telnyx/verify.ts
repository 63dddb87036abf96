import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import type { InboundRequest, Refusal, SecretRule, SourceConfig } from "../contract";
import { unauthorized } from "../refusals";
import { prefixed } from "../proof/signed-bytes";
import { likely, readSignedMoment, type SignedHeaders, type SignedMoment } from "../proof/signed-moment";
import { readWrittenBytes } from "../proof/written-bytes";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const HEADERS: SignedHeaders = {
  signature: "telnyx-signature-ed25519",
  timestamp: "telnyx-timestamp",
  decode: (text) => readWrittenBytes(text, SIGNATURE_BYTES),
  form: "64 bytes in base64",
};

/** Telnyx signs with a key of its own: what a source holds is the public half, which is no secret but proves as one. */
export const publicKey: SecretRule = {
  name: "Public key",
  origin: "platform",
  problem: (key) =>
    readWrittenBytes(key, KEY_BYTES)
      ? undefined
      : "must be the account's public key as Telnyx shows it: 32 bytes in base64",
};

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
}

/**
 * Telnyx's scheme (Telnyx docs, "Webhooks", "Verify an Ed25519 signature"): `telnyx-signature-ed25519` is the base64
 * Ed25519 signature of `<telnyx-timestamp>|<raw body>`. There are two public keys while a rotation is under way.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const { timestamp, signature } = proof.value;
  const message = prefixed(`${timestamp}|`, request.body);
  for (const secret of config.secrets) {
    const bytes = readWrittenBytes(secret, KEY_BYTES);
    if (bytes && (await verifyEd25519(bytes, signature, message))) return ok(undefined);
  }
  return unauthorized("wrong_signature", "The signature does not match the body under this source's public key.");
}

async function verifyEd25519(
  key: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    // 32 bytes that are no point of the curve: nothing is signed under them.
    return false;
  }
}

function proofOf(headers: HeaderFields, now: number): Result<SignedMoment, Refusal> {
  return readSignedMoment(headers, now, HEADERS);
}
