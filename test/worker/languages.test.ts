import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintRule,
  mintScorecard,
  mintSource,
  mintTask,
  openDatabase,
} from "../factories";
import { FORM_FIELDS, untranslated } from "../untranslated";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };

const LISTS = [
  "",
  "/calls",
  "/calls?q=x&state=failed",
  "/calls/views",
  "/calls/bulk?when=month",
  "/unassigned",
  "/tasks",
  "/reports",
  "/reports?by=criterion",
  "/reports/reviews",
  "/reports/schedules",
  "/reports/schedules/new?by=operator",
  "/alerts",
  "/operators",
  "/uploads",
  "/reviewers",
  "/campaigns",
  "/campaigns/new",
  "/scorecards",
  "/sources",
  "/sources/new",
  "/connectors",
  "/connectors/new",
  "/connectors/new?kind=onedrive",
  "/connectors/new?kind=sftp",
  "/connectors/new?kind=neotel",
  "/webhooks",
  "/webhooks/new",
  "/webhooks/test-receivers",
  "/inbound",
  "/api",
  "/developer-tools",
  "/jobs",
  "/notifications?all=yes",
  "/settings/notifications",
  "/settings/teams",
  "/settings/service-levels",
  "/settings/privacy",
  "/settings/privacy/retention",
  "/settings/usage",
  "/settings/audit-log",
  "/settings/people",
  "/settings/people/invite",
  "/settings/api-keys",
  "/settings/api-keys/new",
  "/settings/integrations",
  "/settings/engines",
  "/settings/token-issuers",
  "/settings/token-issuers/new",
  "/settings/roles",
  "/settings/rules",
  "/settings/rules/new",
];

describe("pages in Spanish", () => {
  it("have no text that is the same in English, but names", { timeout: 60_000 }, async () => {
    const organization = await mintOrganization(db);
    const { id } = organization;
    const campaign = await mintCampaign(db, id);
    const source = await mintSource(db, id, { campaignId: campaign.id, kind: "anura", name: "Anura" });
    const call = await mintCall(db, id, { campaignId: campaign.id });
    const recording = await mintRecording(db, call);
    await mintTask(db, call, recording.id, { campaignId: campaign.id });
    const endpoint = await mintEndpoint(db, id);
    const connector = await mintConnector(db, id);
    const scorecard = await mintScorecard(db, id, { state: "published" });
    const rule = await mintRule(db, id);
    const ones = [
      `/calls/${call.id}`,
      `/campaigns/${campaign.id}`,
      ...[
        "sources",
        "processing",
        "reviewing",
        "retention",
        "redaction",
        "actions",
        "actions/new?kind=webhook",
        "actions/new?kind=ask",
      ].map((tab) => `/campaigns/${campaign.id}/${tab}`),
      ...["", "/health", "/settings", "/delete"].map((tab) => `/sources/${source.id}${tab}`),
      ...["", "/settings", "/secret", "/check", "/health", "/replay", "/delete"].map(
        (tab) => `/webhooks/${endpoint.id}${tab}`,
      ),
      `/connectors/${connector.id}`,
      `/scorecards/${scorecard.id}`,
      `/settings/rules/${rule.id}`,
    ];
    const { page } = visit(organization);
    // What is named in the data of this test.
    const names = [
      /^Renewals\b/,
      /alert\(1\)/,
      "Exchange",
      "Asks for the code",
      "Scorecard",
      "Gives their name",
      FORM_FIELDS,
    ];
    const found: string[] = [];
    for (const path of [...LISTS, ...ones]) {
      const [english, spanish] = [await page(`/dashboard${path}`), await page(`/dashboard${path}`, SPANISH)];
      if (english.status !== 200) found.push(`${path}: ${english.status}`);
      found.push(...untranslated(english.text, spanish.text, names).map((text) => `${path}: ${text}`));
    }
    expect(found).toEqual([]);
  });
});

describe("what is compared", () => {
  it("is what a person reads, without data and code", () => {
    const page = (words: string) =>
      `<html lang="en"><body><p title="A tip">${words} <b>7 min</b></p><code>curl</code><bdi>Ana Souza</bdi><img alt="A strip"></body></html>`;
    expect(untranslated(page("Read me"), page("Read me"))).toEqual(["A tip", "Read me", "A strip"]);
    expect(untranslated(page("Read me"), page("Lea esto"), ["A tip", /strip$/])).toEqual([]);
    expect(untranslated("<p>API, Twilio</p>", "<p>API, Twilio</p>")).toEqual([]);
    expect(
      untranslated("<p>call.completed</p><p>Twilio works</p>", "<p>call.completed</p><p>Twilio works</p>"),
    ).toEqual(["Twilio works"]);
  });
});
