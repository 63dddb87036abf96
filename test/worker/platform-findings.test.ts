import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { scoreSetsOf } from "../../src/analysis";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import type { AnalysisSnapshot, CallSnapshot, RiskSnapshot } from "../../src/events";
import { hmac, toHex } from "../../src/lib/hmac";
import { PLATFORMS } from "../../src/platforms";
import { createSource } from "../../src/sources";
import { FULL_REACH } from "../../src/identity";
import { ACT_AT_NOON, mintCampaign, mintEndpoint, mintOrganization, NOON, TEST_MASTER_KEYS } from "../factories";
import { cases } from "../contracts/sources/voicesense";
import { apiClient } from "./api/client";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { visit } from "./visiting";

const db = openDatabase(env.DB);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let source: { id: string; secret: string };

const SECRET = "qn38UciAEBTR1vlWPyPR205U438I6PAS";

async function sourceOf(kind: "voicesense" | "authentivoice", settings = {}) {
  const campaign = await mintCampaign(db, organization.id);
  const wanted = { reach: FULL_REACH, organizationId: organization.id, name: kind, campaignId: campaign.id };
  const deps = { db, masterKeys: TEST_MASTER_KEYS };
  const made = await createSource(deps, PLATFORMS[kind], { ...wanted, settings, secret: SECRET }, ACT_AT_NOON);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return { id: made.value.source.id, secret: SECRET };
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline();
  organization = await mintOrganization(db);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const HEADERS = { voicesense: "x-voicesense-signature", authentivoice: "x-authentivoice-signature" };

/** Posts a notice as its platform signs it, and gives the messages that it became. */
async function post(kind: keyof typeof HEADERS, body: unknown): Promise<unknown[]> {
  const text = JSON.stringify(body);
  const signature = toHex(await hmac("SHA-256", source.secret, new TextEncoder().encode(text)));
  const headers = { [HEADERS[kind]]: signature, "content-type": "application/json" };
  expect((await line.post(`/webhook/${kind}/${source.id}/`, text, headers)).status).toBe(200);
  return line.sent.filter(({ queue }) => queue === QUEUES.ingest).map((message) => message.body);
}

/** The same, worked on; every message is delivered twice. */
async function send(kind: keyof typeof HEADERS, body: unknown): Promise<void> {
  const messages = await post(kind, body);
  await line.run();
  await line.deliver(QUEUES.ingest, messages);
  await line.run();
}

/** What the events that are looked at carry. */
type Told = {
  call: CallSnapshot;
  analysis: AnalysisSnapshot;
  analyses: AnalysisSnapshot[];
  risk: RiskSnapshot;
  changes: { scores: { to: AnalysisSnapshot["scores"] } };
};

async function events(): Promise<{ type: string; data: Told }[]> {
  const rows = await db
    .select({ type: schema.events.type, data: schema.events.data })
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.seq));
  return rows.map(({ type, data }) => ({ type, data: JSON.parse(data) as Told }));
}

async function typesOf(): Promise<string[]> {
  return (await events()).map(({ type }) => type);
}

async function analyses() {
  return db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
}

const EXAMPLE = cases[0]!.good as { ScoreRight: { Scores: Record<string, number>; TalkDuration: number } };

describe("the scores of a Voicesense notice", () => {
  beforeEach(async () => {
    source = await sourceOf("voicesense");
  });

  it("are findings of the platform, told once as a completed analysis and in call.processed, and not custom", async () => {
    await send("voicesense", { ...EXAMPLE, EngineVersion: "5.2" });
    expect(await typesOf()).toEqual(["call.completed", "analysis.completed", "call.processed"]);
    const [ended, completed, processed] = await events();
    expect(JSON.stringify(ended!.data.call.custom)).not.toContain("Engaged");
    expect(completed!.data.analysis).toMatchObject({
      engine: "platform",
      engine_version: "5.2",
      recording_id: null,
      state: "completed",
      measures: null,
      scores: [null, EXAMPLE.ScoreRight.Scores],
      risk: null,
    });
    expect(Object.keys(completed!.data.analysis.scores![1]!)).toHaveLength(15);
    const [set] = completed!.data.analysis.score_sets;
    expect(set).toMatchObject({ engine: "platform", version: "5.2", indicator: false, state: "completed" });
    expect(set!.channels.map((one) => one.talk_seconds)).toEqual([0, 208]);
    expect(processed!.data.analyses).toEqual([completed!.data.analysis]);
  });

  it("are passed on to a Voicesense receiver under the same names", async () => {
    await mintEndpoint(db, organization.id, { profile: "voicesense", events: ["analysis.completed"] });
    await send("voicesense", EXAMPLE);
    const api = apiClient();
    const [row] = await analyses();
    const { body, status } = await api.get(`/v1/analyses/${row!.id}?format=voicesense`, { key: organization.key });
    expect(status).toBe(200);
    expect(body).toEqual({ ...EXAMPLE, StreamId: row!.id });
    const listed = await api.get("/v1/analyses", { key: organization.key });
    expect(listed.body.data[0].scores[1].Engaged).toBe(5);
  });

  it("are updated by a later notice and by no repetition", async () => {
    await send("voicesense", EXAMPLE);
    vi.setSystemTime(NOON + 60_000);
    await send("voicesense", EXAMPLE);
    expect(await typesOf()).toHaveLength(3);
    vi.setSystemTime(NOON + 120_000);
    const Scores = { ...EXAMPLE.ScoreRight.Scores, Engaged: 1 };
    await send("voicesense", { ...EXAMPLE, ScoreRight: { Scores, TalkDuration: 208 } });
    const last = (await events()).at(-1)!;
    expect(last.type).toBe("analysis.updated");
    expect(last.data.changes.scores.to?.[1]?.["Engaged"]).toBe(1);
    expect(await analyses()).toHaveLength(1);
  });

  it("of another version are kept beside those of the first", async () => {
    await send("voicesense", { ...EXAMPLE, EngineVersion: "5.2" });
    vi.setSystemTime(NOON + 60_000);
    await send("voicesense", { ...EXAMPLE, EngineVersion: "6.0" });
    const [row] = await analyses();
    expect(scoreSetsOf(row!).map(({ version }) => version)).toEqual(["5.2", "6.0"]);
  });

  it("come to the same whatever the order of the notices", async () => {
    const failed = { ...EXAMPLE, ErrorMessage: "No speech was found" };
    const worse = { ...EXAMPLE, ScoreRight: { Scores: { Engaged: 1 }, TalkDuration: 5 } };
    const found: unknown[] = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      organization = await mintOrganization(db);
      source = await sourceOf("voicesense");
      line.sent.length = 0;
      const messages: unknown[][] = [];
      for (const [at, body] of [failed, worse, EXAMPLE].entries()) {
        vi.setSystemTime(NOON + at * 1_000);
        messages.push(await post("voicesense", body));
        line.sent.length = 0;
      }
      for (const at of order) await line.deliver(QUEUES.ingest, messages[at]!);
      const [row] = await analyses();
      found.push({ scores: row!.scores, state: row!.state });
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    expect(found[0]).toMatchObject({ state: "completed", scores: [{ channels: [{}, { talkSeconds: 208 }] }] });
  });

  it("that could not be had are a failed analysis with Voicesense's own reason", async () => {
    await send("voicesense", { ...EXAMPLE, ErrorMessage: "No speech was found" });
    const [failed] = (await events()).filter(({ type }) => type.startsWith("analysis."));
    expect(failed).toMatchObject({
      type: "analysis.failed",
      data: { analysis: { reason: "not_scored: No speech was found" } },
    });
  });

  it("are read from a customised template by the names that the source gives them", async () => {
    source = await sourceOf("voicesense", {
      reference_field: "Ref",
      score_fields: { Score: "ScoreRight.Scores.Engaged", Talk: "ScoreRight.TalkDuration" },
    });
    await send("voicesense", { Ref: "r1", Score: "2", Talk: "14", Site: "north" });
    const completed = (await events()).find(({ type }) => type === "analysis.completed")!;
    expect(completed.data.analysis.scores).toEqual([null, { Engaged: 2 }]);
    expect(completed.data.call.custom).toEqual({ Site: "north" });
  });

  it("are what a lying notice says only as far as they are numbers", async () => {
    const Scores = { Engaged: "5", Attentive: [1], Open: null, "": 3, WBEnergy: "high", Big: 1e300, Neg: -2 };
    await send("voicesense", { ...EXAMPLE, ScoreRight: { Scores, TalkDuration: "lots" } });
    const completed = (await events()).find(({ type }) => type === "analysis.completed")!;
    expect(completed.data.analysis.scores).toEqual([null, { Engaged: 5, Neg: -2 }]);
    expect(completed.data.analysis.score_sets[0]?.channels[1]?.talk_seconds).toBeNull();
  });

  it("are no other organization's to read, and are on the page of the call", async () => {
    await send("voicesense", { ...EXAMPLE, EngineVersion: "5.2" });
    const [row] = await analyses();
    const stranger = await mintOrganization(db);
    const read = await apiClient().get(`/v1/analyses/${row!.id}`, { key: stranger.key });
    expect(read.status).toBe(404);
    const { page } = visit(organization);
    const html = (await page(`/dashboard/calls/${row!.callId}`)).text;
    for (const text of ["Scores", "Engaged", "From Voicesense", "5.2", "EnergyLevel"]) expect(html).toContain(text);
  });
});

describe("what AuthentiVoice finds", () => {
  beforeEach(async () => {
    source = await sourceOf("authentivoice");
  });

  const event = (name: string, changes: object, metadata: object = {}, timestamp = "2026-02-10T14:00:00Z") => ({
    id: `evt-${name}-${timestamp}`,
    timestamp,
    event: name,
    data: { resourceId: "ana-1", resourceType: "analysis", changes, metadata },
    retryCount: 0,
  });

  it("is a risk with its evidence, and a warning of fraud once", async () => {
    await send("authentivoice", event("analysis.completed", { riskScore: 40 }, { engineVersion: "3" }));
    await send(
      "authentivoice",
      event("fraud.high_risk", { fraud_score: 82 }, { fraud_indicators: ["asks for a code"] }, "2026-02-10T14:01:00Z"),
    );
    await send("authentivoice", event("fraud.high_risk", { fraud_score: 84 }, {}, "2026-02-10T14:02:00Z"));
    const types = (await typesOf()).filter((type) => /^(analysis|fraud)\./.test(type));
    expect(types).toEqual(["analysis.completed", "analysis.updated", "fraud.high_risk", "analysis.updated"]);
    const warned = (await events()).find(({ type }) => type === "fraud.high_risk")!;
    expect(warned.data.risk).toMatchObject({
      score: 82,
      level: "high",
      engine: "platform",
      evidence: ["asks for a code"],
    });
    const { body } = await apiClient().get("/v1/analyses", { key: organization.key });
    expect(body.data[0]).toMatchObject({ risk_score: 84, risk: { level: "high" } });
  });

  it("at its highest level is both warnings", async () => {
    await send("authentivoice", event("fraud.critical", { fraud_score: 96 }));
    const types = (await typesOf()).filter((type) => type.startsWith("fraud."));
    expect(types).toEqual(["fraud.high_risk", "fraud.critical"]);
    const { page } = visit(organization);
    expect((await page("/dashboard/calls")).text).toContain("Critical risk");
  });

  it("at the same second is the more serious of the two", async () => {
    await send("authentivoice", event("analysis.completed", { riskScore: 40 }, { callId: "c-2" }));
    await send("authentivoice", event("fraud.critical", { fraud_score: 96 }, { callId: "c-2" }));
    const { body } = await apiClient().get("/v1/analyses", { key: organization.key });
    expect(body.data[0]).toMatchObject({ risk_score: 96, risk: { level: "critical" } });
  });

  it("off the scale is no figure", async () => {
    await send("authentivoice", event("fraud.high_risk", { fraud_score: 4_000 }));
    const { body } = await apiClient().get("/v1/analyses", { key: organization.key });
    expect(body.data[0]).toMatchObject({ risk_score: null, risk: { score: null, level: "high" } });
  });

  it("in a review is kept with who decided what", async () => {
    const review = { reviewer: "Ana", decision: "approved", comment: "All said" };
    await send("authentivoice", event("review.completed", review, { callId: "c-1" }));
    const { body } = await apiClient().get("/v1/analyses", { key: organization.key });
    expect(body.data[0].platform_reviews).toEqual([
      { event: "review.completed", at: "2026-02-10T14:00:00.000Z", by: "Ana", result: "approved", note: "All said" },
    ]);
  });
});
