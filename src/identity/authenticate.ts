import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys } from "../db/schema";
import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { isUseDue } from "./key-use";
import { hashApiKey, looksLikeApiKey } from "./key";
import { commonRights, ended, type Rights } from "./rights";

/** The caller of a request, with the rights that its keys have in common. `unnoted`: keys whose use is to be noted. */
export type ApiCaller = Rights & { keyId: string; organizationId: string; unnoted: readonly string[] };

/**
 * Authenticates the keys of a request. Several may be sent, one per header: each must be valid, all must belong to one
 * organization, and the caller gets the rights they have in common.
 */
export async function authenticateKeys(
  db: Database,
  presented: readonly string[],
  now: number,
): Promise<Result<ApiCaller, DomainError>> {
  const keys = [...new Set(presented)];
  if (keys.length === 0)
    return refuse("An API key is required: send it as X-API-Key, Authorization: Bearer or X-Auth-Token.");
  // One message for every way a key can fail, so that an attacker learns nothing.
  const unknown = refuse("The API key is unknown or revoked.");
  if (!keys.every(looksLikeApiKey)) return unknown;
  let caller: ApiCaller | undefined;
  for (const found of await Promise.all(keys.map(async (key) => findApiKey(db, await hashApiKey(key))))) {
    if (!found || ended(found, now)) return unknown;
    const unnoted = isUseDue(found, now) ? [found.keyId] : [];
    if (!caller) {
      const { lastUsedAt: _, ...rest } = found;
      caller = { ...rest, unnoted };
      continue;
    }
    if (caller.organizationId !== found.organizationId)
      return refuse("The API keys sent belong to different organizations.");
    const common = commonRights(caller, found);
    if (typeof common === "string") return refuse(`The API keys sent have no ${common} in common.`);
    // The narrower key is the one that acts: it is what the organization would look for.
    const keyId = caller.campaignId === null && found.campaignId !== null ? found.keyId : caller.keyId;
    caller = { ...caller, ...common, keyId, unnoted: [...caller.unnoted, ...unnoted] };
  }
  return caller ? ok(caller) : unknown;
}

type FoundApiKey = Rights & { keyId: string; organizationId: string; lastUsedAt: number | null };

/** The key with this SHA-256 (hexadecimal), unless it is revoked. This lookup has no organization: it finds it. */
async function findApiKey(db: Database, hash: string): Promise<FoundApiKey | undefined> {
  return db
    .select({
      keyId: apiKeys.id,
      organizationId: apiKeys.organizationId,
      scopes: apiKeys.scopes,
      campaignId: apiKeys.campaignId,
      sourceId: apiKeys.sourceId,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
    .get();
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
