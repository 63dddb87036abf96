import { createRoute, z } from "@hono/zod-openapi";
import { listCampaigns, readCampaign, type CampaignRow } from "../../campaigns";
import { invalid, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { readSource, webhookPathOf, type SourceView } from "../../sources";
import { type CommonSettings, type Platform, PLATFORMS, platformOf } from "../../platforms";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiDeps } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const entry = z.object({
  name: z.string(),
  value: z.string(),
  note: z.string().optional(),
  secret: z.boolean().optional().describe("The value is a placeholder for a secret that only its owner has."),
});

const guide = z
  .object({
    kind: z.string(),
    title: z.string(),
    summary: z.string(),
    webhook_url: z
      .string()
      .nullable()
      .describe("Where the platform sends notices; null where calls arrive another way."),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    before: z.array(z.string()),
    request: z.array(entry),
    headers: z.array(entry),
    snippets: z.array(
      z.object({ title: z.string(), language: z.enum(["json", "sh", "xml", "ini", "text"]), text: z.string() }),
    ),
    steps: z.array(z.object({ title: z.string(), text: z.string() })),
    variables: z.array(
      z.object({ field: z.string(), variable: z.string(), purpose: z.string(), required: z.boolean() }),
    ),
    reading: z.array(z.object({ what: z.string(), meaning: z.string() })).describe("How what comes is understood."),
    rules: z.array(z.string()),
    answers: z
      .array(z.object({ status: z.number().int(), reason: z.string().nullable(), meaning: z.string() }))
      .describe("What the platform is answered. A `reason` beside 200: no call comes of it; null there: it is stored."),
    next: z.array(z.string()),
    trouble: z.array(z.object({ symptom: z.string(), remedy: z.string() })),
  })
  .openapi("SourceGuide", { example: exampleGuide() });

const read = createRoute({
  tags: ["Sources"],
  security: SECURED,
  method: "get",
  path: "/{id}/guide",
  summary: "Read how to connect this source",
  description:
    "Everything to set up on the platform's side, with the source's own address and its campaign's number filled in. `warnings` names what keeps calls from coming in or from getting on, however well the rest is followed: `not_reachable`, `paused`, `no_campaign`, `no_credentials`.",
  request: {
    params: idParam,
    query: z.strictObject({
      campaign_id: z.string().max(200).optional().openapi({
        description:
          "By id or number: whose number goes into the texts, on platforms whose calls each name their campaign.",
      }),
    }),
  },
  responses: { 200: { description: "The guide", ...json(guide) }, ...failures(401, 403, 404, 422) },
});

/** `/v1/sources/{id}/guide` */
export function sourceGuideRoutes() {
  return newRouter().openapi(read, async (c) => {
    const found = await readSource(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
    if (!found.ok) return problem(c, found.error);
    const platform = platformOf(found.value.kind);
    if (!platform) return problem(c, { kind: "not_found", what: "source" });
    const campaign = await campaignOf(c.var.deps, withinOf(c), platform, found.value, c.req.valid("query").campaign_id);
    if (!campaign.ok) return problem(c, campaign.error);
    const publicUrl = c.var.deps.config.publicUrl || new URL(c.req.url).origin;
    const webhookUrl = `${publicUrl}${await webhookPathOf(found.value)}`;
    const source = { id: found.value.id, name: found.value.name, settings: found.value.settings as CommonSettings };
    const written = platform.guide({ webhookUrl, publicUrl, source, campaign: campaign.value });
    const warnings = await warningsOf(publicUrl, platform, found.value, campaign.value !== null);
    return c.json({ kind: platform.kind, webhook_url: webhookUrl, warnings, ...written }, 200);
  });
}

function exampleGuide() {
  const webhookUrl = "https://calls.example/webhook/anura/src_01k3a7w8q0m4x2c9v5b6n7p8r1";
  const source = { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", name: "Anura", settings: {} };
  const campaign = { id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1", number: 3, name: "Renewals" };
  const written = PLATFORMS.anura.guide({ webhookUrl, publicUrl: "https://calls.example", source, campaign });
  return { kind: "anura", webhook_url: webhookUrl, warnings: [], ...written };
}

/**
 * The campaign whose number the guide shows: the source's own. Where each call names its campaign, also the requested
 * one, or the organization's only one. Elsewhere calls of a source without a campaign go to quarantine.
 */
async function campaignOf(
  { db }: ApiDeps,
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
): Promise<{ code: string; message: string }[]> {
  const warnings: { code: string; message: string }[] = [];
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

function eachCallNamesCampaign(platform: Platform): boolean {
  return platform.authentication === "api_key" && (platform.namesCampaign || comesByUpload(platform));
}

function comesByUpload(platform: Platform): boolean {
  return platform.authentication === "api_key" && platform.webhook === false;
}
