/**
 * The part of an organization that somebody may see and work on. Null: no limit of that kind. With both, a call must be
 * of one of the campaigns and of one of the operators. An empty list reaches nothing.
 */
export type Reach = { campaigns: readonly string[] | null; operators: readonly string[] | null };

/** An organization, as far as somebody reaches in it. */
export type Within = { organizationId: string; reach: Reach };

export const FULL_REACH: Reach = { campaigns: null, operators: null };

/** A reach of one campaign. */
export function reachOfCampaign(campaignId: string | null): Reach {
  return campaignId === null ? FULL_REACH : { campaigns: [campaignId], operators: null };
}

export function isLimited({ campaigns, operators }: Reach): boolean {
  return campaigns !== null || operators !== null;
}

/**
 * Whether something that concerns all calls of a campaign is within a reach: the campaign's settings, its sources and
 * uploads. What has no campaign is within no limited reach.
 */
export function reachesCampaign({ campaigns, operators }: Reach, campaignId: string | null): boolean {
  if (operators !== null) return false;
  return campaigns === null || (campaignId !== null && campaigns.includes(campaignId));
}

/** Whether a call of this campaign and operator is within a reach. */
export function reachesCall(
  { campaigns, operators }: Reach,
  call: { campaignId: string | null; operatorId: string | null },
): boolean {
  return isOneOf(call.campaignId, campaigns) && isOneOf(call.operatorId, operators);
}

/** The campaigns that are wholly within a reach; null for all of them. */
export function wholeCampaigns({ campaigns, operators }: Reach): readonly string[] | null {
  return operators === null ? campaigns : [];
}

/** The one campaign that a reach consists of, or null. */
export function onlyCampaign(reach: Reach): string | null {
  const [first, ...others] = wholeCampaigns(reach) ?? [];
  return first !== undefined && others.length === 0 ? first : null;
}

/** What is within both. */
export function commonReach(one: Reach, other: Reach): Reach {
  return {
    campaigns: inBoth(one.campaigns, other.campaigns),
    operators: inBoth(one.operators, other.operators),
  };
}

/** Whether all that is within a reach is within another. */
export function isWithin(reach: Reach, other: Reach): boolean {
  return isAmong(reach.campaigns, other.campaigns) && isAmong(reach.operators, other.operators);
}

function isOneOf(id: string | null, ids: readonly string[] | null): boolean {
  return ids === null || (id !== null && ids.includes(id));
}

function inBoth(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null) return other;
  return other === null ? one : one.filter((id) => other.includes(id));
}

function isAmong(some: readonly string[] | null, all: readonly string[] | null): boolean {
  return all === null || (some !== null && some.every((id) => all.includes(id)));
}
