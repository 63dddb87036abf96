import {
  hasChosenCampaign,
  foldNotices,
  isChosenSince,
  MOVED_BACK,
  type CallRow,
  type FoldedCall,
  type Placement,
} from "../calls";
import type { campaigns } from "../db/schema";
import { campaignOf, type CallNotices, type ReportedNotice } from "./call-notices";

export type Campaign = typeof campaigns.$inferSelect;
export type InCampaign = Omit<Placement, "operatorId">;

/**
 * The campaign of a call, or why it waits for one. A person's choice outranks the notices; else the number the
 * call names decides, else the source; and a call that has its campaign keeps it where neither finds one.
 */
export function placeInCampaign(
  folded: FoldedCall,
  reported: CallNotices,
  known: CallRow | undefined,
  named: readonly Campaign[],
): InCampaign {
  const ofOrganization = named.filter((one) => one.organizationId === reported.key.organizationId);
  const chosen = choiceOf(reported, known, ofOrganization);
  if (chosen) return chosen;
  if (known && (reported.notices.length === 0 || reported.campaign !== undefined || hasChosenCampaign(folded)))
    return stay(known);
  const campaign =
    folded.campaignNumber === null
      ? ofOrganization.find((one) => one.id === campaignOf(reported, folded.account))
      : ofOrganization.find((one) => one.number === folded.campaignNumber);
  // One sender who may is enough, as it is when each notice comes in a batch of its own.
  if (campaign && reported.notices.some((notice) => mayConcern(notice, campaign.id)))
    return { campaignId: campaign.id, quarantine: null };
  // A call that has its campaign keeps it, even if a later notice carries an unknown number.
  if (known && known.campaignId !== null) return stay(known);
  if (campaign) return { campaignId: null, quarantine: "campaign_not_allowed" };
  return { campaignId: null, quarantine: folded.campaignNumber === null ? "no_campaign" : "unknown_campaign" };
}

/**
 * The notices without those whose sender's key is limited to another campaign than the call's: they may not change it,
 * only make a call of their own.
 */
export function admitted(reported: CallNotices, known: CallRow | undefined, named: readonly Campaign[]): CallNotices {
  if (reported.notices.every((notice) => (notice.campaignLimit ?? null) === null)) return reported;
  const campaignId =
    known?.campaignId ?? placeInCampaign(foldNotices(known, reported.notices), reported, known, named).campaignId;
  return { ...reported, notices: reported.notices.filter((notice) => mayConcern(notice, campaignId)) };
}

/** Whether the sender of a notice may send calls into this campaign; a call without one is open to every sender. */
export function mayConcern(
  { campaignLimit }: Pick<ReportedNotice, "campaignLimit">,
  campaignId: string | null,
): boolean {
  return (campaignLimit ?? null) === null || campaignId === null || campaignLimit === campaignId;
}

function choiceOf(
  { campaign }: CallNotices,
  known: CallRow | undefined,
  ofOrganization: readonly Campaign[],
): InCampaign | undefined {
  if (typeof campaign !== "object" || !known) return undefined;
  const { at, stays = true } = campaign;
  if (campaign.onlyWaiting && known.quarantine === null) return undefined;
  if (at !== undefined && isChosenSince(known, at)) return undefined;
  const choice = { chosen: stays, ...(at === undefined ? {} : { chosenAt: at }) };
  if (campaign.chosen === null) return { campaignId: null, quarantine: campaign.reason ?? MOVED_BACK, ...choice };
  const found = ofOrganization.find((one) => one.id === campaign.chosen);
  return found && { campaignId: found.id, quarantine: null, ...choice };
}

function stay(known: CallRow): InCampaign {
  return { campaignId: known.campaignId, quarantine: known.quarantine };
}
