import { processingOf, type CampaignRow } from "../../campaigns";
import type { ConnectorView } from "../../connectors";
import { wordsOf } from "../../ui/strings/define";
import { processingWords, sentenceOfProcessing } from "../../ui/strings/processing";
import type { View } from "../../ui/view";

/** What is done with its calls, in words, leading to where that is set. */
export function Processed({
  view,
  campaign,
  connector,
}: {
  view: View;
  campaign: CampaignRow;
  connector: ConnectorView;
}) {
  const { rules } = processingOf(campaign, connector.sourceId);
  return (
    <a href={`/dashboard/campaigns/${campaign.id}/processing?source=${connector.sourceId}`} dir="auto">
      {sentenceOfProcessing(wordsOf(processingWords, view.language), rules)}
    </a>
  );
}
