import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { embeddedEngine, keepFindings, readFindings, type Findings } from "../../src/analysis";
import { openDatabase } from "../../src/db/client";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { bytesOf, inMemory, inPieces } from "../core/analysis/recordings";
import { mintAnalysis, mintCall, mintCampaign, mintOrganization, mintRecording, NOON } from "../factories";
import { apiClient } from "./api/client";
import { gzipped, MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);

async function heard(): Promise<Findings> {
  const bytes = bytesOf(callUrl);
  const found = await embeddedEngine().analyse({ chunks: inPieces(bytes, 65_536), file: inMemory(bytes) });
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

/** A call of the campaign with these findings, stored as an analysis stores them. */
async function analysed(organizationId: string, campaignId: string, findings: Findings, startedAt = NOON) {
  const call = await mintCall(db, organizationId, { campaignId, startedAt });
  const recording = await mintRecording(db, call);
  const kept = await keepFindings(env.BUCKET, { id: recording.id }, findings, NOON);
  const analysis = await mintAnalysis(db, call, recording.id, kept);
  return { call, analysis };
}

describe("the measures of a call", () => {
  it("keep their figures in the row and their times in R2, and the API has both", async () => {
    const short = await heard();
    const many = Array.from({ length: 300 }, (_, i): [number, number] => [i * 20, i * 20 + 10]);
    const findings = { ...short, channels: short.channels.map((channel) => ({ ...channel, segments: many })) };
    const { id: organizationId, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const { call, analysis } = await analysed(organizationId, campaign.id, findings);
    const kept = { findings: analysis.findings, findingsKey: analysis.findingsKey };
    expect(analysis.findingsKey).not.toBeNull();
    expect(JSON.stringify(analysis.findings).length).toBeLessThan(2_500);
    expect(await readFindings(env.BUCKET, kept)).toEqual(findings);

    const api = apiClient();
    const { body } = await api.get(`/v1/analyses/${analysis.id}`, { key });
    expect(body.measures.channels.map(({ turns }: { turns: number }) => turns)).toEqual(
      findings.channels.map(({ measures }) => measures!.turns),
    );
    expect(body.measures).toMatchObject({ interruptions: 2, long_silences: 1, hold_seconds: 0 });
    expect(body.findings.call.interruptions.map(({ by }: { by: number }) => by)).toEqual([1, 0]);
    expect(body.findings.call.long_silences).toHaveLength(1);
    expect(body.findings.channels[0].measures).toEqual(body.measures.channels[0]);
    const listed = await api.get(`/v1/calls/${call.id}`, { key });
    expect(listed.body.analyses[0].measures).toEqual(body.measures);
  });

  it("are on its page beside the median of its campaign, in both languages, within the round trips of a page", async () => {
    const findings = await heard();
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const { call } = await analysed(organization.id, campaign.id, findings);
    const { page } = visit(organization);
    const alone = await page(`/dashboard/calls/${call.id}`);
    expect(alone.text).toContain("Longest monologue");
    expect(alone.text).not.toContain("against the median");
    for (let more = 1; more <= 5; more += 1)
      await analysed(organization.id, campaign.id, findings, NOON - more * 60_000);
    const { text, trips } = await page(`/dashboard/calls/${call.id}`);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(await gzipped(text)).toBeLessThan(60_000);
    expect(text).toContain("against the median of the 6 newest calls");
    expect(text).toMatch(/Interrupts.*once.*median once/s);
    const spanish = await page(`/dashboard/calls/${call.id}`, { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("Monólogo más largo");
    expect(spanish.text).toMatch(/Interrumpe.*una vez.*mediana una vez/s);
  });

  it("say where an earlier version measured, and which channel is whose comes from the source", async () => {
    const { call: _, ...findings } = await heard();
    const earlier = { ...findings, channels: findings.channels.map(({ measures: __, ...channel }) => channel) };
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const { call, analysis } = await analysed(organization.id, campaign.id, earlier);
    const { body } = await apiClient().get(`/v1/analyses/${analysis.id}`, { key: organization.key });
    expect(body.measures).toMatchObject({ channels: null, interruptions: null, hold_seconds: null });
    expect(body.findings.call).toBeNull();
    expect((await visit(organization).page(`/dashboard/calls/${call.id}`)).text).toContain("by an earlier version");
  });
});
