import { and, inArray, isNull } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys } from "../db/schema";
import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Caller } from "./caller";
import { isUseDue } from "./key-use";
import { hashApiKey, looksLikeApiKey } from "./key";
import { commonRights, ended, type Rights } from "./rights";

/**
 * Authenticates the keys of a request. Several may be sent, one per header: each must be valid, all must belong to one
 * organization, and the caller gets the rights they have in common.
 */
export async function authenticate(
  db: Database,
  presented: readonly string[],
  now: number,
): Promise<Result<Caller, DomainError>> {
  const keys = [...new Set(presented)];
  if (keys.length === 0)
    return refuse("An API key is required: send it as X-API-Key, Authorization: Bearer or X-Auth-Token.");
  // One message for every way a key can fail, so that an attacker learns nothing.
  const unknown = refuse("The API key is unknown or revoked.");
  if (!keys.every(looksLikeApiKey)) return unknown;
  const found = await findApiKeys(db, await Promise.all(keys.map(hashApiKey)));
  let caller: Caller | undefined;
  for (const one of found) {
    if (!one || ended(one, now)) return unknown;
    const proven = callerOf(one, now);
    const both: Result<Caller, DomainError> = caller ? inCommon(caller, proven) : ok(proven);
    if (!both.ok) return both;
    caller = both.value;
  }
  return caller ? ok(caller) : unknown;
}

type FoundApiKey = Rights & { keyId: string; organizationId: string; lastUsedAt: number | null };

function callerOf({ keyId, lastUsedAt, ...rest }: FoundApiKey, now: number): Caller {
  return { ...rest, actor: { kind: "apiKey", id: keyId }, unnoted: isUseDue({ lastUsedAt }, now) ? [keyId] : [] };
}

/** What two proofs of one request make together. */
function inCommon(one: Caller, other: Caller): Result<Caller, DomainError> {
  if (one.organizationId !== other.organizationId)
    return refuse("The API keys sent belong to different organizations.");
  const common = commonRights(one, other);
  if (typeof common === "string") return refuse(`The API keys sent have no ${common} in common.`);
  // The narrower key is the one that acts: it is what the organization would look for.
  const { actor } = one.campaignId === null && other.campaignId !== null ? other : one;
  return ok({ ...one, ...common, actor, unnoted: [...one.unnoted, ...other.unnoted] });
}

/**
 * The keys with these SHA-256 (hexadecimal), in their order; undefined for one that is unknown or revoked. This lookup
 * has no organization: it finds it.
 */
async function findApiKeys(db: Database, hashes: readonly string[]): Promise<(FoundApiKey | undefined)[]> {
  const rows = await db
    .select({
      hash: apiKeys.hash,
      keyId: apiKeys.id,
      organizationId: apiKeys.organizationId,
      scopes: apiKeys.scopes,
      campaignId: apiKeys.campaignId,
      sourceId: apiKeys.sourceId,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
    })
    .from(apiKeys)
    .where(and(inArray(apiKeys.hash, [...hashes]), isNull(apiKeys.revokedAt)));
  return hashes.map((wanted) => {
    const row = rows.find(({ hash }) => hash === wanted);
    if (!row) return undefined;
    const { hash: _, ...found } = row;
    return found;
  });
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
