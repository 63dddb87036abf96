import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys } from "../db/schema";
import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { hashApiKey, looksLikeApiKey } from "./key";

/** The caller of a request. `campaignId` is set when the key may only send calls into that campaign. */
export type ApiCaller = { keyId: string; organizationId: string; campaignId: string | null };

/**
 * Authenticates the keys of a request. Several may be sent, one per header: each must be valid, all must belong to one
 * organization, and the caller gets the rights they have in common.
 */
export async function authenticateKeys(
  db: Database,
  presented: readonly string[],
): Promise<Result<ApiCaller, DomainError>> {
  const keys = [...new Set(presented)];
  if (keys.length === 0)
    return refuse("An API key is required: send it as X-API-Key, Authorization: Bearer or X-Auth-Token.");
  // One message for every way a key can fail, so that an attacker learns nothing.
  const unknown = refuse("The API key is unknown or revoked.");
  if (!keys.every(looksLikeApiKey)) return unknown;
  let caller: ApiCaller | undefined;
  for (const found of await Promise.all(keys.map(async (key) => findApiKey(db, await hashApiKey(key))))) {
    if (!found) return unknown;
    if (!caller) caller = { keyId: found.id, organizationId: found.organizationId, campaignId: found.campaignId };
    else if (caller.organizationId !== found.organizationId)
      return refuse("The API keys sent belong to different organizations.");
    else if (caller.campaignId === null) caller = { ...caller, keyId: found.id, campaignId: found.campaignId };
    else if (found.campaignId !== null && found.campaignId !== caller.campaignId)
      return refuse("The API keys sent have no campaign in common.");
  }
  return caller ? ok(caller) : unknown;
}

type FoundApiKey = { id: string; organizationId: string; campaignId: string | null };

/** The valid key with this SHA-256 (hexadecimal). This lookup has no organization: it finds it. */
async function findApiKey(db: Database, hash: string): Promise<FoundApiKey | undefined> {
  return db
    .select({ id: apiKeys.id, organizationId: apiKeys.organizationId, campaignId: apiKeys.campaignId })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
    .get();
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
