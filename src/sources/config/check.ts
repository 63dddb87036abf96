import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { campaigns, type SourceSettings } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { isTimeZone } from "../clock-time";

/** What is wrong with what a source is to be configured with, or undefined. */
export async function checkSource(
  db: Database,
  organizationId: string,
  input: { name?: string; campaignId?: string | null; settings?: SourceSettings },
): Promise<DomainError | undefined> {
  if (input.name !== undefined && (input.name.trim() === "" || input.name.length > 200)) {
    return invalid("name", "must be 1 to 200 characters");
  }
  const zone = input.settings?.timeZone;
  if (zone !== undefined && !isTimeZone(zone))
    return invalid("settings.time_zone", "must be an IANA time zone, e.g. America/Argentina/Buenos_Aires");
  if (typeof input.campaignId === "string") {
    const campaign = await db
      .select({ id: campaigns.id })
      .from(campaigns)
      .where(and(eq(campaigns.organizationId, organizationId), eq(campaigns.id, input.campaignId)))
      .get();
    if (!campaign) return invalid("campaign_id", "names no campaign of this organization");
  }
  return undefined;
}
