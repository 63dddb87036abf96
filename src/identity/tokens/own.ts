import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { DomainError } from "../../errors";
import { derivedKey, newestVersion } from "../../lib/derived-key";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { MINUTE, SECOND } from "../../lib/time";
import type { Act } from "../actor";
import type { Caller } from "../caller";
import { permissionsOf } from "../permissions";
import { earlier, fieldBeyond } from "../rights";

/** The longest that a token works, in milliseconds. */
export const TOKEN_LIFETIME = 15 * MINUTE;

/** The issuer of our tokens. No issuer of an organization may be named like it. */
export const OWN_ISSUER = "urn:trunkline:tokens";
const OWN_AUDIENCE = "urn:trunkline:api";
const ALGORITHM = "HS256";
// RFC 9068: what it is, so that a token made for something else with the same key would not pass.
const TYPE = "at+jwt";
const PURPOSE = "access token";

const claimsSchema = z.object({
  sub: z.string(),
  organization_id: z.string(),
  exp: z.number(),
  /** Permissions, separated by blanks (RFC 8693 §4.2). Without it: all that the key has. */
  scope: z.string().optional(),
});

/** What a token of ours says: the key that it was made from and what it is narrowed to. */
export type OwnToken = { keyId: string; organizationId: string; scopes: string[] | null; expiresAt: number };

export type MadeToken = { token: string; expiresAt: number; scopes: readonly string[] | null };

/**
 * Makes a token from an API key, the caller. It names the key, whose rights are read at each use: it is dead with its
 * key, and `scopes` only narrow it. It ends with its key, and after `lifetime` (milliseconds) at the latest.
 */
export async function createToken(
  { masterKeys }: { masterKeys: MasterKeys },
  caller: Caller,
  wanted: { scopes?: readonly string[] | undefined; lifetime: number },
  { now }: Act,
): Promise<Result<MadeToken, DomainError>> {
  if (caller.actor.kind !== "apiKey") return err(FROM_A_KEY);
  const scopes = wanted.scopes ? permissionsOf(wanted.scopes) : null;
  if (scopes && fieldBeyond({ ...caller, scopes }, caller) !== undefined)
    return err({ kind: "forbidden", message: "A token cannot have more rights than its key: scopes goes beyond." });
  const end = earlier(caller.expiresAt, now + Math.min(wanted.lifetime, TOKEN_LIFETIME)) ?? now;
  const [issuedAt, expiresAt] = [Math.floor(now / SECOND), Math.floor(end / SECOND)];
  if (expiresAt * SECOND <= now) return err({ kind: "conflict", message: "The API key ends this second." });
  const version = newestVersion(masterKeys);
  const key = await signingKey(masterKeys, version);
  if (!key) throw new Error(`MASTER_KEYS has no version ${version}`);
  const claims = { organization_id: caller.organizationId, ...(scopes && { scope: scopes.join(" ") }) };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: `v${version}` })
    .setIssuer(OWN_ISSUER)
    .setAudience(OWN_AUDIENCE)
    .setSubject(caller.actor.id)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
  return ok({ token, expiresAt: expiresAt * SECOND, scopes: scopes ?? caller.scopes });
}

/** What a token says that this deployment signed and that has not ended; undefined for any other. */
export async function verifyOwnToken(
  { masterKeys }: { masterKeys: MasterKeys },
  token: string,
  now: number,
): Promise<OwnToken | undefined> {
  try {
    const key = await signingKey(masterKeys, Number(/^v(\d+)$/.exec(decodeProtectedHeader(token).kid ?? "")?.[1]));
    if (!key) return undefined;
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: OWN_ISSUER,
      audience: OWN_AUDIENCE,
      requiredClaims: ["exp"],
      currentDate: new Date(now),
    });
    const { sub, organization_id: organizationId, exp, scope } = claimsSchema.parse(payload);
    return { keyId: sub, organizationId, scopes: scope?.split(" ") ?? null, expiresAt: exp * SECOND };
  } catch {
    return undefined;
  }
}

export const FROM_A_KEY: DomainError = {
  kind: "forbidden",
  message: "A token is made with exactly one API key, and neither with another token nor with a session.",
};

/** The key that signs tokens under a version of the master key. Older versions still check what they signed. */
async function signingKey(masterKeys: MasterKeys, version: number): Promise<Uint8Array | undefined> {
  const masterKey = masterKeys.get(version);
  return masterKey && derivedKey(masterKey, PURPOSE);
}
