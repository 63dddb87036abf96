import type { Context } from "hono";
import { isLimited, onlyCampaign } from "../../identity";
import type { Uploader } from "../../sources";
import type { ApiEnv } from "../router";

/**
 * Whose upload a request's is. Who is limited to one campaign, whether key or person, sends and sees those of that
 * campaign. The permission is for nobody with another limit; the empty text names no campaign.
 */
export function uploaderOf(c: Context<ApiEnv>): Uploader {
  const { organizationId, reach } = c.var.caller;
  return { organizationId, campaignLimit: onlyCampaign(reach) ?? (isLimited(reach) ? "" : null) };
}
