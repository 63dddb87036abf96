import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sentenceIn } from "../../src/ui/strings/refusals";
import {
  mintAnalysis,
  mintCall,
  mintCallActions,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintEvent,
  mintOrganization,
  mintRecording,
  mintRule,
  mintScorecard,
  mintSource,
  mintTask,
  openDatabase,
} from "../factories";
import { FORM_FIELDS, textsOf, untranslated } from "../untranslated";
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
      for (const { text } of [english, spanish])
        found.push(...[...textsOf(text)].filter((said) => said.includes("`")).map((said) => `${path}: ${said}`));
    }
    expect(found).toEqual([]);
  });
});

describe("what failed, in Spanish", () => {
  const NOW = 1_787_000_000_000;
  /** What an engine's run may have ended with, each as an engine stores it; what others said is data. */
  const RUNS = [
    "down: no answer",
    "down: the recording is not in storage",
    "timeout: no answer within 60 seconds",
    "busy: HTTP 429: Slow down.",
    "refused: HTTP 401: Invalid credentials.",
    "refused: blocked: 10.0.0.7 is not a public address (a private network)",
    "bad_answer: twice: it is no JSON",
    "bad_answer: the answer is no verbose_json",
    "too_large: the answer has over 4000000 bytes",
    "unknown_engine: it was deleted, or this deployment does not have it",
    "spend_cap: the organization's limit for this month would be passed",
    "not_decoded: unsupported_format: MP3 in free format",
    "not_run: the analysis was ended without it",
    "new_code: something that nobody wrote down",
  ];

  it("has no English reason on the pages of a call, of a delivery and of a storage", async () => {
    const organization = await mintOrganization(db);
    const { id } = organization;
    const call = await mintCall(db, id, {
      state: "failed",
      terminal: "failed",
      error: "the platform never said that this call ended",
    });
    await mintEvent(db, call, 1, { type: "call.failed" });
    const heard = await mintRecording(db, call, { state: "failed", reason: "not_there: crm.example answered 404" });
    const run = { version: null, state: "failed", tries: 1, claimsBefore: 0, audioMs: null, micros: null, month: null };
    const rest = { findings: null, findingsKey: null, createdAt: NOW, completedAt: NOW };
    const engines = RUNS.map((reason, at) => ({ ...run, ...rest, engine: `engine-${at}`, kind: "transcript", reason }));
    const state = { state: "failed" as const, findings: null, reason: "corrupt: the file ends in a frame" };
    await mintAnalysis(db, call, heard.id, { ...state, engines });
    const step = { state: "failed", tries: 6, retryAt: null, startedAt: NOW, endedAt: NOW, result: null, spent: null };
    const action = {
      kind: "webhook",
      id: "pca_1",
      name: "CRM",
      enabled: true,
      when: [],
      url: null,
      endpoint_id: "wh_1",
    };
    const reasons = [
      "HTTP 503",
      "timeout: no answer within 10 seconds",
      "gone: the endpoint was deleted",
      "blocked: crm is not a full domain name",
      "down: the connection was lost",
      "refused: the call has no task",
      "spend_cap: the organization's limit for this month would be passed",
    ];
    await mintCallActions(db, call, { steps: reasons.map((reason) => ({ ...step, action, reason })) });
    const trouble = {
      code: "server_unreachable",
      detail: "storage.test: no connection could be made",
      since: 1,
      count: 2,
    };
    const connector = await mintConnector(db, id, { trouble, failures: 2, lastRunAt: NOW });
    const { page } = visit(organization);
    for (const path of [`/calls/${call.id}`, "/calls", `/connectors/${connector.id}`]) {
      const [english, spanish] = [await page(`/dashboard${path}`), await page(`/dashboard${path}`, SPANISH)];
      expect(spanish.status, path).toBe(200);
      expect(untranslated(english.text, spanish.text, [/^engine-\d+$/, "CRM", "Exchange", /alert\(1\)/]), path).toEqual(
        [],
      );
      // Also not where a text is marked as somebody's data: what we said ourselves is no data.
      for (const reason of [...RUNS, ...reasons, call.error ?? ""]) {
        const detail = reason.replace(/^(?:\w+: )+/, "");
        if (sentenceIn(detail, "es") === undefined || path !== `/calls/${call.id}`) continue;
        expect(english.text.replaceAll("&#39;", "'"), detail).toContain(detail);
        expect(spanish.text.replaceAll("&#39;", "'"), detail).not.toContain(detail);
        expect(spanish.text.replaceAll("&#39;", "'"), detail).toContain(sentenceIn(detail, "es"));
      }
    }
    const { text } = await page(`/dashboard/calls/${call.id}`, SPANISH);
    // The code stays what it is everywhere, and what a server said stays its own.
    for (const code of ["not_there", "not_decoded", "spend_cap", "HTTP 503"])
      expect(text).toContain(`<code>${code}</code>`);
    expect(text).toContain('translate="no">HTTP 401: Invalid credentials.');
    expect(text).toContain("No se conoce la causa.");
    expect(text).not.toMatch(/\b(?:Likely|Probably)\b/);
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
