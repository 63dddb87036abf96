import type { Permission } from "./permissions";
import { isLimited, onlyCampaign, type Reach } from "./reach";

/**
 * What becomes of a permission in the hands of somebody with a limited reach (reach.ts). `within`: it is good for what
 * they reach, and the functions see to it. `one campaign`: for who is limited to one campaign, too. `organization`: only
 * for those who reach all of it.
 */
export const REACH_OF_PERMISSIONS: Record<Permission, "within" | "one campaign" | "organization"> = {
  "calls:read": "within",
  "calls:write": "within",
  "privacy:erase": "within",
  "privacy:read": "within",
  "privacy:write": "organization",
  "recordings:read": "within",
  "recordings:play": "within",
  "originals:read": "within",
  "tasks:read": "within",
  "scorecards:read": "within",
  // A scorecard may be for every campaign.
  "scorecards:write": "organization",
  "reviews:read": "within",
  "reviews:write": "within",
  "reviews:assign": "within",
  "comments:write": "within",
  // A rule may look at every call.
  "rules:read": "organization",
  "rules:write": "organization",
  "alerts:read": "within",
  "alerts:write": "within",
  // A team may have work of every campaign.
  "teams:read": "organization",
  "teams:write": "organization",
  "analyses:read": "within",
  "analyses:write": "one campaign",
  // Every campaign may name an engine.
  "engines:read": "organization",
  "engines:write": "organization",
  "campaigns:read": "within",
  "campaigns:write": "within",
  "operators:read": "within",
  // An operator takes calls of every campaign, and all of them change.
  "operators:write": "organization",
  "sources:read": "within",
  "sources:write": "within",
  "inbound:list": "within",
  "inbound:read": "within",
  "inbound:replay": "within",
  // Endpoints get the events of every campaign, and so does whoever sets them up or reads their log.
  "endpoints:read": "organization",
  "endpoints:write": "organization",
  // Each event is for those who reach its call.
  "events:read": "within",
  "events:listen": "within",
  // Whatever an endpoint sends may be sent there.
  "receivers:write": "organization",
  "deliveries:list": "organization",
  "deliveries:read": "organization",
  "deliveries:write": "organization",
  "secrets:list": "organization",
  "secrets:write": "organization",
  "secrets:reveal": "organization",
  // As with the API key of a campaign, all that is uploaded or sent goes there.
  "uploads:read": "one campaign",
  "uploads:write": "one campaign",
  "notices:write": "one campaign",
  // They make a source and a campaign.
  "samples:write": "organization",
  "keys:read": "within",
  "keys:write": "within",
  // An issuer's rules may name any campaign.
  "tokens:read": "organization",
  "tokens:write": "organization",
  // A list of members has all of the organization, and a role is good for all of it.
  "people:read": "organization",
  "people:write": "organization",
  "organization:read": "organization",
  "organization:write": "organization",
  "reports:read": "within",
  // A report is sent as far as its owner reaches.
  "reports:write": "within",
  "usage:read": "organization",
  "audit:read": "organization",
};

/** Whether a permission is any good with a reach. */
export function allowsWithin(permission: Permission, reach: Reach): boolean {
  const needed = REACH_OF_PERMISSIONS[permission];
  if (needed === "within" || !isLimited(reach)) return true;
  return needed === "one campaign" && onlyCampaign(reach) !== null;
}
