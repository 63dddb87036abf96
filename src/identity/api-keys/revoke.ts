import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { apiKeys } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";

/**
 * Ends a key; ending an ended key changes nothing. The last key with full rights stays, or the organization would lock
 * itself out: the check is in the statement, so two keys that revoke each other at once cannot both win.
 */
export async function revokeApiKey(
  db: Database,
  target: { organizationId: string; id: string },
  now: number,
): Promise<Result<void, DomainError>> {
  const mine = and(eq(apiKeys.organizationId, target.organizationId), eq(apiKeys.id, target.id));
  const anotherRemains = sql`(campaign_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM ${apiKeys} AS other WHERE other.organization_id = ${target.organizationId} AND other.id <> ${target.id}
    AND other.campaign_id IS NULL AND other.revoked_at IS NULL))`;
  const revoked = await db
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(mine, isNull(apiKeys.revokedAt), anotherRemains))
    .returning({ id: apiKeys.id });
  if (revoked.length > 0) return ok(undefined);
  const row = await db.select({ revokedAt: apiKeys.revokedAt }).from(apiKeys).where(mine).get();
  if (!row) return err(notFound("API key"));
  if (row.revokedAt !== null) return ok(undefined);
  return err({ kind: "conflict", message: "This is the organization's last working key. Make another one first." });
}
