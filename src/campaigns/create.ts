import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns, type CampaignSettings } from "../db/schema";
import { newId } from "../lib/id";

export type CampaignRow = typeof campaigns.$inferSelect;

/** Makes a campaign. Its number is counted inside the insert, so two made at once never share one. */
export async function createCampaign(
  db: Database,
  input: { organizationId: string; name: string; settings?: Partial<CampaignSettings> },
  now: number,
): Promise<CampaignRow> {
  const nextNumber = sql<number>`(
    SELECT coalesce(max(number), 0) + 1 FROM ${campaigns} WHERE organization_id = ${input.organizationId})`;
  return db
    .insert(campaigns)
    .values({
      id: newId("cmp", now),
      organizationId: input.organizationId,
      number: nextNumber,
      name: input.name,
      settings: { autoAnalyze: input.settings?.autoAnalyze ?? true },
      createdAt: now,
      archivedAt: null,
    })
    .returning()
    .get();
}
