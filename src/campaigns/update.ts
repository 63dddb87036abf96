import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns, type CampaignSettings } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { CampaignRow } from "./create";
import { readCampaign } from "./read";

/** What may change; what is left out stays. */
export type CampaignChanges = { name?: string; archived?: boolean; settings?: Partial<CampaignSettings> };

/** Renames, archives or brings back a campaign, or changes its settings. Archiving twice keeps the first date. */
export async function updateCampaign(
  db: Database,
  target: { organizationId: string; id: string },
  changes: CampaignChanges,
  now: number,
): Promise<Result<CampaignRow, DomainError>> {
  const values: Parameters<ReturnType<typeof db.update<typeof campaigns>>["set"]>[0] = {};
  if (changes.name !== undefined) values.name = changes.name;
  if (changes.archived !== undefined) values.archivedAt = changes.archived ? sql`coalesce(archived_at, ${now})` : null;
  if (changes.settings !== undefined) {
    // Merged by D1: a setting written by somebody else meanwhile is kept.
    values.settings = sql`json_patch(settings, ${JSON.stringify(changes.settings)})`;
  }
  if (Object.keys(values).length === 0) return readCampaign(db, target);
  const row = await db
    .update(campaigns)
    .set(values)
    .where(and(eq(campaigns.organizationId, target.organizationId), eq(campaigns.id, target.id)))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("campaign"));
}
