import { sql, type SQL } from "drizzle-orm";
import { scorecards } from "../../db/schema";

/** SQL for whether a published scorecard is for a campaign of an organization, archived or not. */
export function isJudged(organizationId: SQL | string, campaignId: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${scorecards} AS card WHERE card.organization_id = ${organizationId}
    AND card.state = 'published'
    AND (card.campaigns IS NULL OR ${campaignId} IN (SELECT value FROM json_each(card.campaigns))))`;
}
