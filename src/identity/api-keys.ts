import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, campaigns } from "../db/schema";
import { invalid, notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import { mintApiKey, type ApiKeyRow, type NewApiKey } from "./key";

/** The position of a page: after the key with this id. */
export type ApiKeyPosition = { id: string };

/** Creates a key. The answer is the only place that contains its text. */
export async function createApiKey(
  { db }: { db: Database },
  input: NewApiKey,
  act: Act,
): Promise<Result<{ key: string; row: ApiKeyRow }, DomainError>> {
  const campaignId = input.campaignId ?? null;
  if (campaignId !== null) {
    const campaign = await db
      .select({ id: campaigns.id })
      .from(campaigns)
      .where(and(eq(campaigns.organizationId, input.organizationId), eq(campaigns.id, campaignId)))
      .get();
    if (!campaign) return err(invalid("campaign_id", "names no campaign of this organization"));
  }
  const minted = await mintApiKey(input, act.now);
  await db.insert(apiKeys).values(minted.row);
  return ok(minted);
}

/** The organization's keys, including revoked ones, newest first. */
export async function listApiKeys(
  db: Database,
  query: { organizationId: string; limit: number; after?: ApiKeyPosition },
): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, query.organizationId), query.after && lt(apiKeys.id, query.after.id)))
    .orderBy(desc(apiKeys.id))
    .limit(query.limit);
}

/**
 * Revokes a key; revoking it again changes nothing. The last key with full rights cannot be revoked, or the
 * organization would lock itself out. The statement checks this, so two keys that revoke each other at once cannot both
 * succeed.
 */
export async function revokeApiKey(
  { db }: { db: Database },
  target: { organizationId: string; id: string },
  act: Act,
): Promise<Result<void, DomainError>> {
  const mine = and(eq(apiKeys.organizationId, target.organizationId), eq(apiKeys.id, target.id));
  const anotherRemains = sql`(campaign_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM ${apiKeys} AS other WHERE other.organization_id = ${target.organizationId} AND other.id <> ${target.id}
    AND other.campaign_id IS NULL AND other.revoked_at IS NULL))`;
  const revoked = await db
    .update(apiKeys)
    .set({ revokedAt: act.now })
    .where(and(mine, isNull(apiKeys.revokedAt), anotherRemains))
    .returning({ id: apiKeys.id });
  if (revoked.length > 0) return ok(undefined);
  const row = await db.select({ revokedAt: apiKeys.revokedAt }).from(apiKeys).where(mine).get();
  if (!row) return err(notFound("API key"));
  if (row.revokedAt !== null) return ok(undefined);
  return err({ kind: "conflict", message: "This is the organization's last working key. Make another one first." });
}
