import { listCampaigns, readCampaign, type CampaignRow } from "../../campaigns";
import type { Database } from "../../db/client";
import { invalid, notFound, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { platformOf, type CommonSettings, type Guide, type Platform } from "../../platforms";
import { readSource, webhookPathOf, type SourceTarget, type SourceView } from "./source";

/** What keeps calls from coming in or from getting on, however well the rest of a guide is followed. */
export type GuideWarning = { code: "not_reachable" | "paused" | "no_campaign" | "no_credentials"; message: string };

/** A guide for one source, with its own address and its campaign's number in it. */
export type SourceGuide = {
  source: SourceView;
  platform: Platform;
  campaign: CampaignRow | null;
  webhookUrl: string;
  warnings: GuideWarning[];
  guide: Guide;
};

/**
 * How to connect a source. `publicUrl`: this deployment's address. `campaign`: by id or number, whose number goes into the
 * texts, on platforms whose calls each name their campaign.
 */
export async function readSourceGuide(
  db: Database,
  target: SourceTarget,
  publicUrl: string,
  campaign: string | undefined,
): Promise<Result<SourceGuide, DomainError>> {
  const read = await readGuided(db, target, campaign);
  if (!read.ok) return read;
  const { source, platform, campaign: shown } = read.value;
  const webhookUrl = `${publicUrl}${await webhookPathOf(source)}`;
  const described = { id: source.id, name: source.name, settings: source.settings as CommonSettings };
  const guide = platform.guide({ webhookUrl, publicUrl, source: described, campaign: shown });
  const warnings = await warningsOf(publicUrl, platform, source, shown !== null);
  return ok({ source, platform, campaign: shown, webhookUrl, warnings, guide });
}

/** A source with its platform and the campaign whose number is shown for it (`campaign`: as for the guide). */
export async function readGuided(
  db: Database,
  target: SourceTarget,
  campaign: string | undefined,
): Promise<Result<Pick<SourceGuide, "source" | "platform" | "campaign">, DomainError>> {
  const found = await readSource(db, target);
  if (!found.ok) return found;
  const source = found.value;
  const platform = platformOf(source.kind);
  if (!platform) return err(notFound("source"));
  const shown = await campaignOf(db, target, platform, source, campaign);
  return shown.ok ? ok({ source, platform, campaign: shown.value }) : shown;
}

/** Whether each call of a platform names its campaign, so that a source of it needs none. */
export function eachCallNamesCampaign(platform: Platform): boolean {
  return platform.authentication === "api_key" && (platform.namesCampaign || comesByUpload(platform));
}

/** Whether calls of a platform come as uploads only. */
export function comesByUpload(platform: Platform): boolean {
  return platform.authentication === "api_key" && platform.webhook === false;
}

/**
 * The campaign whose number the guide shows: the source's own. Where each call names its campaign, also the requested
 * one, or the organization's only one. Elsewhere calls of a source without a campaign go to quarantine.
 */
async function campaignOf(
  db: Database,
  within: Within,
  platform: Platform,
  source: SourceView,
  asked: string | undefined,
): Promise<Result<CampaignRow | null, DomainError>> {
  const id = source.campaignId ?? asked;
  if (id !== undefined) {
    const campaign = await readCampaign(db, { ...within, id });
    if (!campaign.ok) return err(invalid("campaign_id", "names no campaign of this organization"));
    return campaign.value.id === source.campaignId || eachCallNamesCampaign(platform) ? campaign : ok(null);
  }
  if (!eachCallNamesCampaign(platform)) return ok(null);
  const [first, second] = await listCampaigns(db, { ...within, archived: false, limit: 2 });
  return ok(first !== undefined && second === undefined ? first : null);
}

/** Problems that keep calls from arriving even when the guide is followed. */
async function warningsOf(
  publicUrl: string,
  platform: Platform,
  source: SourceView,
  hasCampaign: boolean,
): Promise<GuideWarning[]> {
  const warnings: GuideWarning[] = [];
  const reachable = await checkUrl(publicUrl, { allowPrivateAddresses: false, ownHosts: [] });
  if (!reachable.ok && !comesByUpload(platform)) {
    const { host } = new URL(publicUrl);
    warnings.push({
      code: "not_reachable",
      message: `${platform.title} cannot reach ${host}: it needs an https address reachable from the internet. Deploy Trunkline, or set PUBLIC_URL to a tunnel's address.`,
    });
  }
  if (source.state === "paused")
    warnings.push({
      code: "paused",
      message: "The source is paused: notices are kept and ignored until it is resumed.",
    });
  const { campaigns = {} } = source.settings as CommonSettings;
  if (!hasCampaign && Object.keys(campaigns).length === 0)
    warnings.push({
      code: "no_campaign",
      message: eachCallNamesCampaign(platform)
        ? "No campaign is chosen: put the number of one of yours where the texts say so, or calls wait in quarantine."
        : "The source has no campaign: its calls wait in quarantine. Set `campaign_id`, or map accounts to campaigns in `settings.campaigns`.",
    });
  const needsCredentials = platform.credentials !== undefined && !source.hasCredentials;
  if (needsCredentials)
    warnings.push({
      code: "no_credentials",
      message: `The source has no credentials of ${platform.title}: recordings that need them cannot be fetched${platform.pull ? ", and lost calls are not found" : ""}.`,
    });
  return warnings;
}
