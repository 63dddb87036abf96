import { z } from "@hono/zod-openapi";
import { readCampaign } from "../campaigns";
import type { Database } from "../db/client";
import { invalid, type DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";

/** A campaign in a query, by id or number. */
export const campaignName = z.string().max(200).openapi({ description: "The campaign, by id or number." });

/**
 * The id of a campaign given by id or number. A campaign that is unknown or beyond reach is invalid input, not a filter
 * without matches.
 */
export async function campaignIdOf<Name extends string | null | undefined>(
  db: Database,
  within: Within,
  name: Name,
): Promise<Result<Name extends string ? string : Name, DomainError>> {
  type Found = Name extends string ? string : Name;
  if (typeof name !== "string") return ok(name as Found);
  const campaign = await readCampaign(db, { ...within, id: name });
  return campaign.ok
    ? ok(campaign.value.id as Found)
    : err(invalid("campaign_id", "names no campaign of this organization, neither by id nor by number"));
}
