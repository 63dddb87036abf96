import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newRun, type EngineRun, type Transcript } from "../../src/analysis";
import {
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintOrganization,
  mintRecording,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);

const said = (word: string): Transcript => ({
  kind: "transcript",
  language: "en",
  channels: [{ channel: 0, speaker: null }],
  segments: [{ channel: 0, start: 4_000, end: 5_000, words: [[word, 4_000, 5_000, null]] }],
  gaps: [],
});

const run = (engine: string, version: string, word: string, at: number): EngineRun => ({
  ...newRun(engine, 0, NOON),
  kind: "transcript",
  version,
  state: "completed",
  findings: said(word),
  completedAt: NOON + at,
});

/** A call whose recordings were heard like this. */
async function heard(...recordings: EngineRun[][]) {
  const organization = await mintOrganization(db);
  const { id: campaignId } = await mintCampaign(db, organization.id);
  const call = await mintCall(db, organization.id, { campaignId });
  for (const [at, engines] of recordings.entries()) {
    const recording = await mintRecording(db, call, { externalId: `ext_${at}` });
    await mintAnalysis(db, call, recording.id, { engines });
  }
  return { organization, call, path: `/dashboard/calls/${call.id}`, ...visit(organization) };
}

describe("the transcripts of a call", () => {
  it("are chosen from by engine and version, the newest first, where there are several", async () => {
    const { page, path } = await heard([run("ears", "1", "lighthouse", 1), run("ears", "2", "windmill", 2)]);
    const newest = await page(path);
    expect(newest.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(newest.text).toContain("windmill");
    expect(newest.text).not.toContain("lighthouse");
    expect(newest.text).toMatch(/<b aria-current="true">ears, 2<\/b>/);
    const href = /href="(\?engine=ears&amp;version=1[^"]*)#transcript">ears, 1</.exec(newest.text)?.[1] ?? "";
    const other = await page(path + href.replaceAll("&amp;", "&"));
    expect(other.trips).toBe(newest.trips);
    expect(other.text).toContain("lighthouse");
    expect(other.text).not.toContain("windmill");
    expect(other.text).toMatch(/<b aria-current="true">ears, 1<\/b>/);
    // Without script, a time leads to the same transcript.
    expect(other.text).toMatch(/href="\?engine=ears&amp;version=1&amp;recording_id=[^"]*&amp;t=4"/);
  });

  it("of several recordings say which", async () => {
    const { page, path } = await heard([run("ears", "1", "lighthouse", 1)], [run("ears", "1", "windmill", 2)]);
    const { text } = await page(path);
    expect(text).toContain("ears, 1, recording 1");
    expect(text).toContain("ears, 1, recording 2");
  });

  it("need no choice where there is one, and another than there is gives the newest", async () => {
    const { page, path } = await heard([run("ears", "1", "lighthouse", 1)]);
    expect((await page(path)).text).not.toContain("transcript-choices");
    const query = new URLSearchParams({ engine: SCRIPT, version: "9", recording_id: "rec_of_nobody" });
    const wrong = await page(`${path}?${query.toString()}`);
    expect(wrong.status).toBe(200);
    expect(wrong.text).toContain("lighthouse");
    expectHarmless(wrong.text);
  });

  it("are made anew from the call's page, with the cost first, by whom that is allowed only", async () => {
    const { organization, page, path, call } = await heard([run("ears", "1", "lighthouse", 1)]);
    const link = /href="(\/dashboard\/calls\/bulk\?call=[^"]*only=analyse)"/.exec((await page(path)).text)?.[1] ?? "";
    const asking = await page(link.replaceAll("&amp;", "&"));
    expect(asking.text).toContain(`value="${call.id}"`);
    expect(asking.text).toMatch(/<option value="trunkline-acoustic"[^>]*>[^<]*\$0/);
    expect(asking.text).toContain("Back to the call");
    expect(asking.text).not.toMatch(/value="(?:tag|move|close|erase)"/);
    const viewer = visit(organization, { role: "viewer" });
    expect((await viewer.page(path)).text).not.toContain("only=analyse");
  });
});
