import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns, type CampaignSettings, type ReviewingSettings } from "../db/schema";
import type { DomainError } from "../errors";
import type { Result } from "../lib/result";
import { writeCampaign, type CampaignRow, type CampaignTarget } from "./campaign";

/**
 * Replaces how the calls of a campaign come to reviewers; null: everybody takes them from the queue. It is put in by D1:
 * what somebody else writes beside it is kept.
 */
export async function setReviewing(
  { db }: { db: Database },
  target: CampaignTarget,
  reviewing: ReviewingSettings | null,
): Promise<Result<CampaignRow, DomainError>> {
  const { settings } = campaigns;
  const written =
    reviewing === null
      ? sql<CampaignSettings>`json_remove(${settings}, '$.reviewing')`
      : sql<CampaignSettings>`json_set(${settings}, '$.reviewing', json(${JSON.stringify(reviewing)}))`;
  return writeCampaign(db, target, { settings: written });
}
