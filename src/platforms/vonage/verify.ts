import type { HeaderFields } from "../../lib/http/header-fields";
import { bearerToken } from "../../lib/http/authorization";
import { sha256Hex } from "../../lib/hmac";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { decodeJwt, verifyJwtHs256 } from "../proof/jwt";
import { unauthorized } from "../refusals";
import { withinTolerance } from "../proof/signed-bytes";
import type { VonageSettings } from "./settings";

const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

type Claims = Record<string, unknown>;

/** The header alone: a token there, and made within 300 s of now by its own time. */
export function precheck(headers: HeaderFields, now: number): Result<void, Refusal> {
  const token = tokenOf(headers);
  if (!token.ok) return token;
  const claims = decodeJwt(token.value);
  return claims ? isFresh(claims, now) : malformed();
}

/**
 * Vonage's signed webhooks (Vonage docs, "Decoding signed webhooks"): `Authorization: Bearer` a JWT under the account's
 * signature secret, HS256 and nothing else, whose claim `payload_hash` is the SHA-256 of the raw body.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig<VonageSettings>,
  now: number,
): Promise<Result<void, Refusal>> {
  const token = tokenOf(request.headers);
  if (!token.ok) return token;
  const read = await verifyJwtHs256(token.value, config.secrets);
  if (!read.ok) return problemOf(read.error);
  const claims = read.value;
  const fresh = isFresh(claims, now);
  if (!fresh.ok) return fresh;
  const hash = claims["payload_hash"];
  if (typeof hash !== "string" || hash.toLowerCase() !== (await sha256Hex(request.body))) {
    return unauthorized("wrong_body_hash", "The token's payload_hash is not the SHA-256 of the body.");
  }
  return isOurs(claims, config.settings);
}

function isOurs(
  claims: Claims,
  { application_id: application, api_key: account }: VonageSettings,
): Result<void, Refusal> {
  if (application !== undefined && claims["application_id"] !== application) {
    return unauthorized("other_application", "The token is of another application than the source's application_id.");
  }
  if (account !== undefined && claims["api_key"] !== account) {
    return unauthorized("other_account", "The token is of another account than the source's api_key.");
  }
  return ok(undefined);
}

function isFresh(claims: Claims, now: number): Result<void, Refusal> {
  const { iat, exp } = claims;
  if (typeof iat !== "number" || !Number.isFinite(iat)) {
    return unauthorized("malformed_timestamp", "The token's iat must be the Unix time in seconds.");
  }
  if (typeof exp === "number" && exp * SECOND < now) return unauthorized("token_expired", "The token has expired.");
  return withinTolerance(iat * SECOND, now, "The token's iat");
}

function tokenOf(headers: HeaderFields): Result<string, Refusal> {
  if (!headers.has("authorization")) {
    return unauthorized(
      "missing_signature",
      "Authorization: Bearer with a token is required: turn on signed webhooks.",
    );
  }
  const token = bearerToken(headers);
  return token !== undefined && JWT.test(token) ? ok(token) : malformed();
}

function problemOf(problem: "malformed" | "wrong_algorithm" | "wrong_signature"): Result<never, Refusal> {
  switch (problem) {
    case "malformed":
      return malformed();
    case "wrong_algorithm":
      return unauthorized("wrong_algorithm", "The token must be signed with HS256.");
    case "wrong_signature":
      return unauthorized("wrong_signature", "The token is not signed with this source's signature secret.");
  }
}

function malformed(): Result<never, Refusal> {
  return unauthorized("malformed_signature", "Authorization must be Bearer and a JSON Web Token.");
}
