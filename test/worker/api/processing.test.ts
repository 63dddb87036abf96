import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { DEFAULT_ENGINE } from "../../../src/analysis";
import { campaigns } from "../../../src/db/schema";
import { createTeam, deleteTeam } from "../../../src/identity";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEngine,
  mintOrganization,
  mintRecording,
  mintSource,
  mintTask,
  mintTeam,
} from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

// As AuthentiVoice prints it under "Configure Processing Rules".
const PRINTED = `{
  "autoAnalyze": true,
  "transcriptionEngine": "whisper",
  "assignToTeam": "default-reviewers",
  "notifyOnComplete": true
}`;

async function newCampaign() {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const source = await mintSource(db, organizationId, { campaignId: campaign.id, name: "Exchange" });
  const path = `/v1/campaigns/${campaign.id}/processing`;
  return { organizationId, key, campaign, source, path, api: apiClient() };
}

describe("/v1/campaigns/{id}/processing", () => {
  it("takes the printed block as it is, and says it in words", async ({ expect }) => {
    const { key, path, api, campaign } = await newCampaign();
    const before = await api.get(path, { key });
    expect(before.body).toEqual({
      campaign_id: campaign.id,
      rules: { autoAnalyze: true, transcriptionEngine: null, assignToTeam: null, notifyOnComplete: false },
      sentence: "Each recording is analysed; its task goes to no team; nobody is notified when a call is done.",
      warnings: [],
      sources: [],
    });
    const written = await api.put(path, { key, body: JSON.parse(PRINTED) as object });
    expect(written).toMatchObject({
      status: 200,
      body: {
        rules: JSON.parse(PRINTED) as object,
        sentence:
          "Each recording is analysed and transcribed by whisper; its task goes to the team default-reviewers; people are notified when a call is done.",
        warnings: ["unknown_team", "unknown_engine"],
      },
    });
    expect((await api.get(path, { key })).body).toEqual(written.body);
    const { settings } = (await api.get(`/v1/campaigns/${campaign.id}`, { key })).body;
    expect(settings).toMatchObject({ engines: ["whisper"], assign_to_team: "default-reviewers" });
    // By its number too, and what is left out is the usual again.
    const bare = await api.put(`/v1/campaigns/${campaign.number}/processing`, { key, body: {} });
    expect(bare.body).toEqual(before.body);
  });

  it("has no warning once team and engine are there", async ({ expect }) => {
    const { key, path, api, organizationId } = await newCampaign();
    await api.put(path, { key, body: JSON.parse(PRINTED) as object });
    await createTeam({ db }, { organizationId, name: "Default-Reviewers" }, ACT_AT_NOON);
    expect((await api.get(path, { key })).body.warnings).toEqual(["unknown_engine"]);
    await mintEngine(db, organizationId, { name: "house" });
    expect((await api.get(path, { key })).body.warnings).toEqual([]);
  });

  it("keeps the engines behind the first where it is written back as it was read", async ({ expect }) => {
    const { key, path, api, campaign, organizationId } = await newCampaign();
    const [one, other] = [
      await mintEngine(db, organizationId, { name: "one" }),
      await mintEngine(db, organizationId, { name: "other" }),
    ];
    const engines = [one.name, other.name];
    const settings = async () => (await api.get(`/v1/campaigns/${campaign.id}`, { key })).body.settings;
    await api.patch(`/v1/campaigns/${campaign.id}`, { key, body: { settings: { engines, language: "es" } } });
    await api.put(path, { key, body: (await api.get(path, { key })).body.rules });
    expect(await settings()).toMatchObject({ engines, language: "es" });
    await api.put(path, { key, body: { transcriptionEngine: other.name } });
    expect((await settings()).engines).toEqual([other.name]);
  });

  it("has what is said of a source count before what is said of the campaign", async ({ expect }) => {
    const { key, path, api, source, organizationId } = await newCampaign();
    await mintTeam(db, organizationId, "Nights");
    await api.put(path, { key, body: { autoAnalyze: true, assignToTeam: "Nights", notifyOnComplete: true } });
    const own = { autoAnalyze: false, assignToTeam: null };
    const written = await api.put(path, { key, body: { source_id: source.id, ...own } });
    expect(written.body.rules).toMatchObject({ autoAnalyze: true, assignToTeam: "Nights" });
    expect(written.body.sources).toEqual([
      {
        source_id: source.id,
        name: "Exchange",
        own,
        rules: { autoAnalyze: false, transcriptionEngine: null, assignToTeam: null, notifyOnComplete: true },
        sentence:
          "Recordings are not analysed by themselves; its task goes to no team; people are notified when a call is done.",
        warnings: [],
      },
    ]);
    // Replaced whole; then taken away.
    const engine = await api.put(path, { key, body: { source_id: source.id, transcriptionEngine: "whisper" } });
    expect(engine.body.sources[0]).toMatchObject({
      own: { transcriptionEngine: "whisper" },
      rules: { autoAnalyze: true, assignToTeam: "Nights" },
    });
    expect(engine.body.sources[0].own).toEqual({ transcriptionEngine: "whisper" });
    expect((await api.put(path, { key, body: { source_id: source.id } })).body.sources).toEqual([]);
  });

  it("follows its teams, also those of sources", async ({ expect }) => {
    const { key, path, api, source, campaign, organizationId } = await newCampaign();
    const teamOf = async () => {
      const row = await db.select().from(campaigns).where(eq(campaigns.id, campaign.id)).get();
      return row?.settings.bySource?.[source.id]?.teamId;
    };
    const warnings = async () => (await api.get(path, { key })).body.sources[0].warnings;
    await api.put(path, { key, body: { source_id: source.id, assignToTeam: "Mañana" } });
    expect(await warnings()).toEqual(["unknown_team"]);
    const made = await createTeam({ db }, { organizationId, name: "MANANA" }, ACT_AT_NOON);
    if (!made.ok) throw new Error("no team");
    expect(await teamOf()).toBe(made.value.id);
    expect(await warnings()).toEqual([]);
    await deleteTeam({ db }, { organizationId, id: made.value.id }, 0, ACT_AT_NOON);
    expect(await teamOf()).toBeUndefined();
    await createTeam({ db }, { organizationId, name: "mañana" }, ACT_AT_NOON);
    expect(await warnings()).toEqual([]);
    // A rule of the campaign beside it is not touched by any of this.
    await api.put(path, { key, body: { assignToTeam: "Nobody" } });
    expect(await warnings()).toEqual([]);
    expect((await api.get(path, { key })).body.warnings).toEqual(["unknown_team"]);
  });

  it("refuses what is no rule, and sources of others", async ({ expect }) => {
    const { key, path, api } = await newCampaign();
    const other = await newCampaign();
    const wrong: [object, string][] = [
      [{ autoAnalyze: "true" }, "autoAnalyze"],
      [{ transcriptionEngine: "" }, "transcriptionEngine"],
      [{ assignToTeam: "x".repeat(201) }, "assignToTeam"],
      [{ notifyOnComplete: null }, "notifyOnComplete"],
      [{ source_id: other.source.id }, "source_id"],
      [{ source_id: 'src_"; DROP' }, "source_id"],
    ];
    for (const [body, field] of wrong) {
      const answer = await api.put(path, { key, body });
      expect([body, answer.status, fieldsOf(answer)]).toEqual([body, 422, [field]]);
    }
    expect((await api.put(path, { key, body: { unknown: 1 } })).status).toBe(422);
    expect((await api.put(other.path, { key, body: {} })).status).toBe(404);
    expect((await api.get(other.path, { key })).status).toBe(404);
  });

  it("shows names of sources only to who may know them", async ({ expect }) => {
    const { key, path, api, source, organizationId } = await newCampaign();
    await api.put(path, { key, body: { source_id: source.id, autoAnalyze: false } });
    const all = await mintApiKey(db, { organizationId, scopes: ["campaigns:read", "sources:read"] });
    const some = await mintApiKey(db, { organizationId, scopes: ["campaigns:read"] });
    expect((await api.get(path, { key: all.key })).body.sources).toHaveLength(1);
    expect((await api.get(path, { key: some.key })).body.sources).toEqual([]);
  });
});

describe("trying processing rules on a past call", () => {
  it("says what would be done, whose rule it is, and what was done", async ({ expect }) => {
    const { key, path, api, source, campaign, organizationId } = await newCampaign();
    const team = await mintTeam(db, organizationId, "Default reviewers");
    const call = await mintCall(db, organizationId, { campaignId: campaign.id, sourceId: source.id });
    const recording = await mintRecording(db, call);
    await mintTask(db, call, recording.id);
    const analysis = await mintAnalysis(db, call, recording.id);
    await mintEngine(db, organizationId, { name: "house" });
    await api.put(path, { key, body: { notifyOnComplete: true } });
    await api.put(path, { key, body: { source_id: source.id, assignToTeam: "default reviewers" } });
    const attempt = (rules?: object) =>
      api.post(`${path}/try`, { key, body: { call_id: call.id, ...(rules && { rules }) } });
    expect((await attempt({ transcriptionEngine: "whisper" })).body).toEqual({
      call_id: call.id,
      rules: {
        autoAnalyze: true,
        transcriptionEngine: "whisper",
        assignToTeam: "default reviewers",
        notifyOnComplete: true,
      },
      sentence:
        "Each recording is analysed and transcribed by whisper; its task goes to the team default reviewers; people are notified when a call is done.",
      warnings: [],
      decided_by: {
        autoAnalyze: "campaign",
        transcriptionEngine: "given",
        assignToTeam: "source",
        notifyOnComplete: "campaign",
      },
      would: {
        analyse: true,
        because: null,
        engines: [DEFAULT_ENGINE.name, "whisper"],
        team_id: team.id,
        notify: true,
      },
      was: { analysed: true, engines: [analysis.engine], team_id: null },
    });
    const off = (await attempt({ autoAnalyze: false, assignToTeam: "Nobody" })).body;
    expect(off).toMatchObject({
      warnings: ["unknown_team"],
      would: { analyse: false, because: "rule", engines: [], team_id: null },
    });
    // It was tried, and nothing was written.
    expect((await api.get(path, { key })).body.rules.assignToTeam).toBeNull();
  });

  it("says why nothing could be done, and knows no calls of others", async ({ expect }) => {
    const { key, path, api, campaign, organizationId } = await newCampaign();
    const bare = await mintCall(db, organizationId, { campaignId: campaign.id });
    const waiting = await mintCall(db, organizationId, { quarantine: "no_campaign", campaignId: null });
    const foreign = await mintCall(db, (await mintOrganization(db)).id);
    const attempt = (id: string) => api.post(`${path}/try`, { key, body: { call_id: id } });
    expect((await attempt(bare.id)).body.would).toMatchObject({ because: "no_recording", engines: [] });
    expect((await attempt(waiting.id)).body.would).toMatchObject({ because: "unassigned", engines: [] });
    expect((await attempt(foreign.id)).status).toBe(404);
    expect((await attempt("call_unknown")).status).toBe(404);
  });
});
