import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { MasterKeys } from "../lib/seal";
import type { Caller } from "./caller";
import { hashApiKey, looksLikeApiKey } from "./key";
import { deadBy } from "./key-state";
import { isUseDue } from "./key-use";
import { lookUp, type Found, type FoundKey } from "./look-up";
import { commonReach, reachOfCampaign } from "./reach";
import { commonRights, ended } from "./rights";
import {
  callerOfToken,
  looksLikeToken,
  OWN_ISSUER,
  readClaimed,
  verifyOwnToken,
  type Claimed,
  type IssuerDeps,
  type OwnToken,
} from "./tokens";

export type AuthenticationDeps = IssuerDeps & { masterKeys: MasterKeys };

/** What a request shows: an API key, by its hash; a token of ours; a token of somebody else, unchecked. */
type Proof =
  | { kind: "key"; hash: string }
  | ({ kind: "own" } & OwnToken)
  | { kind: "issued"; token: string; claimed: Claimed };

/**
 * Authenticates the API keys and tokens of a request. Several may be sent, one per header: each must be valid, all must
 * belong to one organization, and the caller gets the rights they have in common.
 */
export async function authenticate(
  deps: AuthenticationDeps,
  presented: readonly string[],
): Promise<Result<Caller, DomainError>> {
  const shown = [...new Set(presented)];
  if (shown.length === 0)
    return refuse("An API key or token is required: send it as X-API-Key, Authorization: Bearer or X-Auth-Token.");
  // One message for every way one can fail, so that an attacker learns nothing.
  const unknown = refuse("The API key or token is unknown, has ended or is revoked.");
  if (!shown.every(looksLikeCredential)) return unknown;
  const now = deps.now();
  const proofs = await Promise.all(shown.map((text) => proofOf(deps, text, now)));
  if (!proofs.every((proof) => proof !== undefined)) return unknown;
  const found = await lookUp(deps.db, {
    hashes: proofs.flatMap((proof) => (proof.kind === "key" ? proof.hash : [])),
    keyIds: proofs.flatMap((proof) => (proof.kind === "own" ? proof.keyId : [])),
    claimed: proofs.flatMap((proof) => (proof.kind === "issued" ? proof.claimed : [])),
  });
  let caller: Caller | undefined;
  for (const proof of proofs) {
    const proven = await callerOf(deps, proof, found);
    if (!proven || ended(proven, now)) return unknown;
    const both: Result<Caller, DomainError> = caller ? inCommon(caller, proven) : ok(proven);
    if (!both.ok) return both;
    caller = both.value;
  }
  return caller ? ok(caller) : unknown;
}

/** Whether the text can be an API key or a token at all, so that other text costs no query. */
export function looksLikeCredential(text: string): boolean {
  return looksLikeApiKey(text) || looksLikeToken(text);
}

async function proofOf(deps: AuthenticationDeps, text: string, now: number): Promise<Proof | undefined> {
  if (looksLikeApiKey(text)) return { kind: "key", hash: await hashApiKey(text) };
  const claimed = readClaimed(text);
  if (claimed?.issuer !== OWN_ISSUER) return claimed && { kind: "issued", token: text, claimed };
  const own = await verifyOwnToken(deps, text, now);
  return own && { kind: "own", ...own };
}

async function callerOf(deps: AuthenticationDeps, proof: Proof, found: Found): Promise<Caller | undefined> {
  if (proof.kind === "issued") {
    const issuer = found.issuerOf(proof.claimed);
    const proven = issuer && (await callerOfToken(deps, issuer, proof.token));
    return proven?.ok ? proven.value : undefined;
  }
  const key = proof.kind === "key" ? found.keyOfHash(proof.hash) : found.keyOfId(proof.keyId);
  if (!key || deadBy(key, deps.now())) return undefined;
  const caller = callerOfKey(key, deps.now());
  if (proof.kind === "key") return caller;
  if (proof.organizationId !== caller.organizationId) return undefined;
  const { scopes, expiresAt } = proof;
  const narrowed = commonRights(caller, { scopes, expiresAt, campaignId: null, sourceId: null });
  return typeof narrowed === "string" ? undefined : { ...caller, ...narrowed };
}

function callerOfKey(key: FoundKey, now: number): Caller {
  const { organizationId, scopes, campaignId, sourceId, expiresAt, allowedOrigins } = key;
  return {
    allowedOrigins,
    organizationId,
    actor: { kind: "apiKey", id: key.id },
    scopes,
    campaignId,
    sourceId,
    expiresAt,
    reach: reachOfCampaign(campaignId),
    unnoted: isUseDue(key, now) ? [key.id] : [],
  };
}

/** What two proofs of one request make together. */
function inCommon(one: Caller, other: Caller): Result<Caller, DomainError> {
  if (one.organizationId !== other.organizationId)
    return refuse("The API keys and tokens sent belong to different organizations.");
  const common = commonRights(one, other);
  if (typeof common === "string") return refuse(`The API keys and tokens sent have no ${common} in common.`);
  const unnoted = [...new Set([...one.unnoted, ...other.unnoted])];
  const reach = commonReach(one.reach, other.reach);
  const { actor, allowedOrigins = null } = nearer(one, other);
  return ok({ ...one, ...common, reach, actor, allowedOrigins, unnoted });
}

/**
 * The one of two that acts, which is what the organization would look for: a token of its issuer before an API key,
 * because it names a subject, and the narrower key before the other.
 */
function nearer(one: Caller, other: Caller): Caller {
  if (one.actor.kind !== other.actor.kind) return other.actor.kind === "token" ? other : one;
  return one.campaignId === null && other.campaignId !== null ? other : one;
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
