import { hasChosenCampaign, foldNotices, type CallRow, type FoldedCall, type Placement } from "../calls";
import type { campaigns } from "../db/schema";
import { campaignOf, type CallNotices, type SaidNotice } from "./call-notices";

export type Campaign = typeof campaigns.$inferSelect;
export type InCampaign = Omit<Placement, "operatorId">;

/**
 * The campaign of a call, or why it waits for one. What a person chose outranks what notices say; else the number the
 * call names decides, else the source; and a call that has its campaign keeps it where neither finds one.
 */
export function placeInCampaign(
  folded: FoldedCall,
  said: CallNotices,
  known: CallRow | undefined,
  named: readonly Campaign[],
): InCampaign {
  const ofOrganization = named.filter((one) => one.organizationId === said.key.organizationId);
  const chosen = choiceOf(said, known, ofOrganization);
  if (chosen) return { campaignId: chosen.id, quarantine: null, chosen: true };
  if (known && (said.notices.length === 0 || said.campaign !== undefined || hasChosenCampaign(folded)))
    return stay(known);
  const campaign =
    folded.campaignNumber === null
      ? ofOrganization.find((one) => one.id === campaignOf(said, folded.account))
      : ofOrganization.find((one) => one.number === folded.campaignNumber);
  // One sender who may is enough, as it is when each notice comes in a batch of its own.
  if (campaign && said.notices.some((notice) => mayConcern(notice, campaign.id)))
    return { campaignId: campaign.id, quarantine: null };
  // A call that has its campaign keeps it, whatever number nobody knows a later notice may carry.
  if (known && known.campaignId !== null) return stay(known);
  if (campaign) return { campaignId: null, quarantine: "campaign_not_allowed" };
  return { campaignId: null, quarantine: folded.campaignNumber === null ? "no_campaign" : "unknown_campaign" };
}

/**
 * What is left of what was said once the notices are out whose sender's key is limited to another campaign than the
 * call's: they may not touch it, only ask for a call of their own.
 */
export function admitted(said: CallNotices, known: CallRow | undefined, named: readonly Campaign[]): CallNotices {
  if (said.notices.every((notice) => (notice.campaignLimit ?? null) === null)) return said;
  const campaignId =
    known?.campaignId ?? placeInCampaign(foldNotices(known, said.notices), said, known, named).campaignId;
  return { ...said, notices: said.notices.filter((notice) => mayConcern(notice, campaignId)) };
}

/** Whether the sender of a notice may speak of calls in this campaign; of a call without one everybody may. */
export function mayConcern({ campaignLimit }: Pick<SaidNotice, "campaignLimit">, campaignId: string | null): boolean {
  return (campaignLimit ?? null) === null || campaignId === null || campaignLimit === campaignId;
}

function choiceOf(
  { campaign }: CallNotices,
  known: CallRow | undefined,
  ofOrganization: readonly Campaign[],
): Campaign | undefined {
  if (typeof campaign !== "object" || !known) return undefined;
  if (campaign.onlyWaiting && known.quarantine === null) return undefined;
  return ofOrganization.find((one) => one.id === campaign.chosen);
}

function stay(known: CallRow): InCampaign {
  return { campaignId: known.campaignId, quarantine: known.quarantine };
}
