import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { apiKeys, campaigns } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { mintApiKey, type ApiKeyRow, type NewApiKey } from "./key";

/** Makes a key. The answer is the only place its text ever stands. */
export async function createApiKey(
  db: Database,
  input: NewApiKey,
  now: number,
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
  const minted = await mintApiKey(input, now);
  await db.insert(apiKeys).values(minted.row);
  return ok(minted);
}
