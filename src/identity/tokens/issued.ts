import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import { err, ok, type Result } from "../../lib/result";
import { recent } from "../../lib/recent";
import { SECOND } from "../../lib/time";
import type { Caller } from "../caller";
import type { KeySet } from "./fetch-keys";
import {
  freshKeys,
  newKeys,
  usableKeys,
  type IssuerDeps,
  type IssuerKeysRow,
  type TokenIssuer,
  type TokenIssuerRow,
} from "./issuer-keys";
import { rightsByRules } from "./rules";

/** How signatures may be made. All are asymmetric: with a shared secret, whoever checks a token could make one. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

/** How far the clocks of an issuer and of this deployment may be apart, in milliseconds. */
export const CLOCK_SKEW = 60 * SECOND;
const MAX_SUBJECT = 255;
/** The last moment that is written as a date with a year of four digits. */
const LAST_MOMENT = Date.UTC(9999, 11, 31);
// Identity tokens and access tokens. Others, as for logging out, are made for something else (RFC 8725 §3.11).
const TYPES = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);

export type TokenFailure =
  | "malformed"
  | "wrong_type"
  | "wrong_algorithm"
  | "keys_unavailable"
  | "unknown_key"
  | "ambiguous_key"
  | "wrong_signature"
  | "wrong_issuer"
  | "wrong_audience"
  | "expired"
  | "not_yet_valid"
  | "claim_missing";

// Importing a key costs more than checking a signature with it.
const keySets = recent<ReturnType<typeof createLocalJWKSet>>(100);

/** The caller that a token of an organization's issuer proves, with the rights that the issuer's rules give it. */
export async function callerOfToken(
  deps: IssuerDeps,
  { issuer, keys }: TokenIssuer,
  token: string,
): Promise<Result<Caller, TokenFailure>> {
  const known = await freshKeys(deps, { issuer, keys });
  let claims = await verify(issuer, known, token, deps.now());
  if (!claims.ok && claims.error === "unknown_key") {
    const renewed = await newKeys(deps, { issuer, keys: known });
    if (renewed?.keys !== known?.keys) claims = await verify(issuer, renewed, token, deps.now());
  }
  if (!claims.ok) return claims;
  const { sub = "", exp = 0 } = claims.value;
  return ok({
    organizationId: issuer.organizationId,
    actor: { kind: "token", id: `${issuer.id}:${sub}` },
    ...rightsByRules(issuer.rules, claims.value),
    campaignId: null,
    sourceId: null,
    expiresAt: Math.min(exp * SECOND + CLOCK_SKEW, LAST_MOMENT),
    unnoted: [],
  });
}

async function verify(
  issuer: TokenIssuerRow,
  known: IssuerKeysRow | null,
  token: string,
  now: number,
): Promise<Result<JWTPayload, TokenFailure>> {
  const keys = usableKeys(known, now);
  if (keys === undefined) return err("keys_unavailable");
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      keySets(keys, () => createLocalJWKSet(JSON.parse(keys) as KeySet)),
      {
        algorithms: issuer.algorithms,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ["exp", "sub"],
        clockTolerance: CLOCK_SKEW / SECOND,
        currentDate: new Date(now),
      },
    );
    if (protectedHeader.typ !== undefined && !TYPES.has(protectedHeader.typ.toLowerCase())) return err("wrong_type");
    if (typeof payload.sub !== "string" || payload.sub === "" || payload.sub.length > MAX_SUBJECT)
      return err("claim_missing");
    return ok(payload);
  } catch (error) {
    return err(failureOf(error));
  }
}

function failureOf(error: unknown): TokenFailure {
  if (error instanceof errors.JOSEAlgNotAllowed) return "wrong_algorithm";
  if (error instanceof errors.JWKSNoMatchingKey) return "unknown_key";
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "ambiguous_key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "wrong_signature";
  if (error instanceof errors.JWTExpired) return "expired";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "malformed";
  if (error.reason === "missing") return "claim_missing";
  if (error.claim === "iss") return "wrong_issuer";
  if (error.claim === "aud") return "wrong_audience";
  return error.claim === "nbf" ? "not_yet_valid" : "malformed";
}
