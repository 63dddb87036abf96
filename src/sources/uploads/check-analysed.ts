import { readCampaign, rulesOf } from "../../campaigns";
import type { Database } from "../../db/client";
import { invalid, type DomainError } from "../../errors";
import { FULL_REACH } from "../../identity";
import { err, type Result } from "../../lib/result";
import { internal } from "../../platforms";
import type { UploadFields } from "./call-fields";
import { checkUploadedCall, type CheckedCall, type Uploader } from "./check-call";

/**
 * Checks the fields of a call whose recording is to be analysed. Campaigns decide what is analysed, so it needs one that
 * does; where the notice itself decides on the campaign, as other platforms' accounts may, that is seen later.
 */
export async function checkAnalysedCall(
  db: Database,
  uploader: Uploader,
  fields: UploadFields,
): Promise<Result<CheckedCall, DomainError>> {
  const checked = await checkUploadedCall(db, uploader, fields);
  if (!checked.ok) return checked;
  const { call, source } = checked.value;
  const campaignId = call.campaign_id ?? source.campaignId;
  if (campaignId === null)
    return source.kind === internal.kind
      ? err(invalid("campaign_id", "is missing: a call without a campaign is not analysed"))
      : checked;
  const { organizationId } = uploader;
  const campaign = await readCampaign(db, { organizationId, reach: FULL_REACH, id: campaignId });
  if (!campaign.ok || rulesOf(campaign.value, source.id).autoAnalyze) return checked;
  return err({
    kind: "conflict",
    message: "This campaign has auto_analyze off: turn it on, or upload the recording and then analyse its call.",
  });
}
