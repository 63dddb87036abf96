import type { HeaderFields } from "../../lib/http/header-fields";
import { hmac, toHex } from "../../lib/hmac";
import { ok, type Result } from "../../lib/result";
import type { Handshake, InboundRequest, Refusal, SourceConfig } from "../contract";
import { fieldsOf, readJsonObject } from "../reading/json-object";
import { unauthorized, unreadable } from "../refusals";
import { prefixed, verifyWithAny } from "../proof/signed-bytes";
import { likely, readSignedMoment, type SignedHeaders, type SignedMoment } from "../proof/signed-moment";
import { readWrittenBytes } from "../proof/written-bytes";

const MAX_PLAIN_TOKEN = 500;
const SIGNATURE_BYTES = 32;

const HEADERS: SignedHeaders = {
  signature: "x-zm-signature",
  timestamp: "x-zm-request-timestamp",
  decode: (text) => {
    const written = /^\s*v0\s*=(.*)$/i.exec(text)?.[1];
    return written === undefined ? undefined : readWrittenBytes(written, SIGNATURE_BYTES);
  },
  form: "v0= and 64 hexadecimal characters",
};

/** The headers alone: there, well formed, and made within 300 s of now in either direction. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  return likely(proofOf(headers, now));
}

/**
 * Zoom's scheme (its webhook sample): `x-zm-signature` is `v0=` and the hexadecimal HMAC-SHA256 of
 * `v0:<x-zm-request-timestamp>:<raw body>` under the app's Secret Token. The tolerance is ours: Zoom names none.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<void, Refusal>> {
  const proof = proofOf(request.headers, now);
  if (!proof.ok) return proof;
  const { timestamp, signature } = proof.value;
  return verifyWithAny("SHA-256", config.secrets, prefixed(`v0:${timestamp}:`, request.body), signature);
}

/**
 * `endpoint.url_validation` (when the address is saved, and every 72 hours): Zoom wants its `plainToken` back with the
 * HMAC of it under the Secret Token, within three seconds. The question is signed as every notice is, and is only
 * answered if it is: an answer to anybody would sign for them whatever they like.
 */
export async function handshake(
  request: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<Handshake, Refusal> | undefined> {
  const json = readJsonObject(request.body);
  if (!json.ok || json.value.get("event") !== "endpoint.url_validation") return undefined;
  const secret = await signerOf(request, config, now);
  if (!secret.ok) return secret;
  const plainToken = fieldsOf(json.value.get("payload"))?.get("plainToken");
  if (typeof plainToken !== "string" || plainToken === "" || plainToken.length > MAX_PLAIN_TOKEN) {
    return unreadable("no_plain_token", "payload.plainToken is missing.");
  }
  const encryptedToken = toHex(await hmac("SHA-256", secret.value, new TextEncoder().encode(plainToken)));
  const body = JSON.stringify({ plainToken, encryptedToken });
  return ok({ proven: true, reply: { status: 200, headers: { "content-type": "application/json" }, body } });
}

/** Which of the secrets signed the request: while one is rotated, the answer is to be made with the one that asked. */
async function signerOf(request: InboundRequest, config: SourceConfig, now: number): Promise<Result<string, Refusal>> {
  for (const secret of config.secrets) {
    const verified = await verify(request, { ...config, secrets: [secret] }, now);
    if (verified.ok) return ok(secret);
    if (verified.error.reason !== "wrong_signature") return verified;
  }
  return unauthorized("wrong_signature", "The signature does not match the body under this source's secret.");
}

function proofOf(headers: HeaderFields, now: number): Result<SignedMoment, Refusal> {
  return readSignedMoment(headers, now, HEADERS);
}
