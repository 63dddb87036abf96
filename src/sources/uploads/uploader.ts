import { isLimited, onlyCampaign, type Within } from "../../identity";
import type { Uploader } from "./check-call";

/**
 * Whose uploads these are. Who is limited to one campaign, whether key or person, sends and sees those of that campaign.
 * The permission is for nobody with another limit; the empty text names no campaign.
 */
export function uploaderWithin({ organizationId, reach }: Within): Uploader {
  return { organizationId, campaignLimit: onlyCampaign(reach) ?? (isLimited(reach) ? "" : null) };
}
