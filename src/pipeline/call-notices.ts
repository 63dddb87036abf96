import type { CallKey, Notice } from "../calls";
import type { PlacementMessage } from "../queues/messages";

/**
 * A notice; `campaignLimit` is the campaign its sender's key is limited to, null or absent for who may send into any.
 */
export type ReportedNotice = Notice & {
  campaignLimit?: string | null;
  /** It is the platform's answer to a question of ours. */
  listed?: boolean;
};

/** Everything one message batch has about one call. Without notices a known call is placed again. */
export type CallNotices = {
  key: CallKey;
  /** The campaign the source is bound to, where notices name none, and those it maps the platform's accounts to. */
  sourceCampaignId: string | null;
  campaignOfAccount: Readonly<Record<string, string>>;
  /** Where it is not the notices that decide the campaign: it `stays` as it is, or a person chose. */
  campaign?: "stays" | Chosen;
  notices: ReportedNotice[];
  /** Whether the platform can be asked about the call. */
  canLookUp?: boolean;
};

/** What a person chose: a campaign, or that the call waits for one (messages.ts says what the rest means). */
export type Chosen = { chosen: string | null } & Pick<PlacementMessage, "reason" | "onlyWaiting" | "at" | "stays">;

/** The campaign a source puts the calls of an account into, where they name none themselves. */
export function campaignOf(
  reported: Pick<CallNotices, "sourceCampaignId" | "campaignOfAccount">,
  account: string | null | undefined,
): string | null {
  const mapped = typeof account === "string" && Object.hasOwn(reported.campaignOfAccount, account);
  return (mapped ? reported.campaignOfAccount[account] : undefined) ?? reported.sourceCampaignId;
}
