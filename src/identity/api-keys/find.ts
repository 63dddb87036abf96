import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { apiKeys } from "../../db/schema";

export type FoundApiKey = { id: string; organizationId: string; campaignId: string | null };

/** The working key with this SHA-256 (hexadecimal): the one lookup that knows no organization yet. */
export async function findApiKey(db: Database, hash: string): Promise<FoundApiKey | undefined> {
  return db
    .select({ id: apiKeys.id, organizationId: apiKeys.organizationId, campaignId: apiKeys.campaignId })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
    .get();
}
