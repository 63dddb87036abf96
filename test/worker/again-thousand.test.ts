import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { monthNumber, readSpend, runsOf, scoreSetsOf, type EngineRun, type Transcript } from "../../src/analysis";
import { app } from "../../src/app";
import { analysisIdOf, recordingIdOf } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH } from "../../src/identity";
import { HOUR } from "../../src/lib/time";
import { askEngine } from "../../src/pipeline";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintEngine,
  mintOrganization,
  mintRecording,
  NOON,
} from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);

/** In micros for a minute of what was said: of the model that the engine is set to, and of the others. */
const [FIRST, SECOND, THIRD] = [60_000, 120_000, 6_000];
/** Said on each call, in milliseconds. */
const TALK = 2_000;

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaign: Awaited<ReturnType<typeof mintCampaign>>;
/** The model and the call of each question, in order. */
let questions: { model: string; call: string }[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON + HOUR });
  line = newPipeline();
  questions = [];
  line.hosts.set("llm.test", async (request) => {
    const { model, messages } = await request.json<{ model: string; messages: { content: string }[] }>();
    const call = /call-number-\d+/.exec(messages[1]!.content)?.[0] ?? "";
    questions.push({ model, call });
    const score = { name: "Satisfaction", channel: 0, explanation: "They say so.", quote: call, at_seconds: 0 };
    const value = model === "judge-2" ? 4 : 2;
    return Response.json({ choices: [{ message: { content: JSON.stringify({ scores: [{ ...score, value }] }) } }] });
  });
  organization = await mintOrganization(db);
  campaign = await mintCampaign(db, organization.id);
  const others = [
    { model: "judge-2", microsPerMinute: SECOND },
    { model: "judge-3", microsPerMinute: THIRD },
  ];
  const settings = { url: "https://llm.test", model: "judge-1", microsPerMinute: FIRST, otherModels: others };
  await mintEngine(db, organization.id, { name: "judge", kind: "llm", settings });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const run = (over: Partial<EngineRun>): EngineRun => ({
  engine: "ears",
  kind: "transcript",
  version: "1",
  state: "completed",
  reason: null,
  tries: 0,
  claimsBefore: 0,
  audioMs: TALK,
  micros: 0,
  month: monthNumber(NOON),
  findings: null,
  findingsKey: null,
  createdAt: NOON,
  completedAt: NOON,
  ...over,
});

/** Calls that were heard, and judged by the model that the engine is set to. */
async function mintJudged(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const call = await mintCall(db, organization.id, { campaignId: campaign.id, startedAt: NOON - at * 1_000 });
    const recording = await mintRecording(db, call, { externalId: `ext_${at}` });
    expect(recording.id).toBe(await recordingIdOf(call.id, `ext_${at}`));
    const said: Transcript = {
      kind: "transcript",
      language: "en",
      channels: [{ channel: 0, speaker: null }],
      segments: [{ channel: 0, start: 0, end: TALK, words: [[`call-number-${at}`, 0, TALK, null]] }],
      gaps: [],
    };
    await mintAnalysis(db, call, recording.id, {
      id: analysisIdOf(recording.id, "trunkline-acoustic"),
      engine: "trunkline-acoustic",
      engines: [run({ findings: said }), run({ engine: "judge", kind: "scores", version: "judge-1" })],
      scores: [
        {
          engine: "judge",
          version: "judge-1",
          at: NOON,
          reason: null,
          indicator: false,
          channels: [{ channel: 0, talkSeconds: null, scores: [{ name: "Satisfaction", value: 1, scale: [1, 5] }] }],
        },
      ],
      findings: {
        durationSeconds: 10,
        sampleRate: 8000,
        format: { container: "mp3", codec: "mp3", sampleRate: 8000, channels: 1 },
        channels: [
          {
            channel: 0,
            state: "live",
            talkSeconds: TALK / 1_000,
            segments: [[0, TALK]],
            speechLevelDb: -24.1,
            noiseLevelDb: null,
          },
        ],
        silenceSeconds: 8,
        overlapSeconds: null,
        channelSeparationDb: null,
        warnings: [],
      },
    });
    ids.push(call.id);
  }
  return ids;
}

type Answer = { id: string; state: string; errors: { field: string }[] };

async function api(method: "GET" | "POST", path: string, body?: object) {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  const request = new Request(`https://trunkline.test${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await app.fetch(request, line.env, createExecutionContext());
  return { status: answer.status, body: await answer.json<Answer>() };
}

const analysesOf = () =>
  db
    .select()
    .from(schema.analyses)
    .where(eq(schema.analyses.organizationId, organization.id))
    .orderBy(asc(schema.analyses.callId));

describe("a thousand calls", () => {
  it("are judged by another version once each, at the cost that was said first, beside what was found before", async () => {
    const ids = await mintJudged(1_000);
    const asked = { action: "analyse", engine: "judge", model: "judge-2", filter: { campaign_id: campaign.id } };
    const counted = await api("POST", "/v1/bulk", { ...asked, dry_run: true });
    expect(counted.body).toMatchObject({
      matched: 1_000,
      more: false,
      estimate: { calls: 1_000, speech_minutes: 33.33, dollars: 4, more: false },
    });
    expect(questions).toEqual([]);
    const begun = await api("POST", "/v1/bulk", asked);
    expect([begun.status, begun.body.state]).toEqual([202, "open"]);
    const job = `/v1/jobs/${begun.body.id}`;

    // How far it is shows on the way.
    const [first] = line.sent.splice(0);
    await line.deliver(first!.queue, [first!.body, first!.body]);
    expect((await api("GET", job)).body).toMatchObject({ state: "open", done: 80, changed: 80, failed: 0 });
    await line.run();
    expect((await api("GET", job)).body).toMatchObject({ state: "completed", total: 1_000, done: 1_000, failed: 0 });

    // Every message once more changes nothing.
    await line.deliver(first!.queue, [first!.body], 2);
    const rows = await analysesOf();
    for (const { organizationId, callId, id } of rows.slice(0, 20))
      await line.deliver(QUEUES.analysis, [{ organizationId, callId, analysisId: id }], 2);
    await line.run();

    expect(questions).toHaveLength(1_000);
    expect(new Set(questions.map(({ call }) => call)).size).toBe(1_000);
    expect(new Set(questions.map(({ model }) => model))).toEqual(new Set(["judge-2"]));
    expect(rows).toHaveLength(ids.length);
    for (const row of rows) {
      const versions = scoreSetsOf(row).map(({ version, channels }) => [
        version,
        channels[0]?.scores.find(({ value }) => value !== null)?.value,
      ]);
      expect([row.state, versions]).toEqual([
        "completed",
        [
          ["judge-1", 1],
          ["judge-2", 4],
        ],
      ]);
      expect(runsOf(row).map(({ version }) => version)).toEqual(["1", "judge-1", "judge-2"]);
    }
    const [spent] = await readSpend(db, organization.id, monthNumber(Date.now()));
    expect(spent?.micros).toBe(4_000_000);
    const told = await db
      .select({ stream: schema.events.stream })
      .from(schema.events)
      .where(and(eq(schema.events.organizationId, organization.id), eq(schema.events.type, "analysis.updated")));
    expect([told.length, new Set(told.map(({ stream }) => stream)).size]).toEqual([1_000, 1_000]);
  }, 300_000);
});

describe("an analysis with another version", () => {
  it("stops where it is cancelled: nothing more is asked, and what was found stays", async () => {
    await mintJudged(100);
    const asked = { action: "analyse", engine: "judge", model: "judge-3", filter: { campaign_id: campaign.id } };
    const begun = await api("POST", "/v1/bulk", asked);
    const [first] = line.sent.splice(0);
    await line.deliver(first!.queue, [first!.body]);
    const cancelled = await api("POST", `/v1/jobs/${begun.body.id}/cancel`);
    expect(cancelled.body).toMatchObject({ state: "cancelled", done: 40 });
    await line.run();
    await line.cron();
    await line.run();
    expect(questions).toHaveLength(40);
    const sets = (await analysesOf()).map((row) => scoreSetsOf(row).map(({ version }) => version));
    expect(sets.filter((versions) => versions.includes("judge-3"))).toHaveLength(40);
    expect(sets.every((versions) => versions.includes("judge-1"))).toBe(true);
  }, 60_000);

  it("of one call is asked for by its model, and of none that the engine does not have", async () => {
    const [callId = ""] = await mintJudged(1);
    const path = `/v1/calls/${callId}/transcript`;
    const wrong = await api("POST", path, { engine: "judge", model: "gpt-99" });
    expect([wrong.status, wrong.body.errors]).toEqual([422, [expect.objectContaining({ field: "model" })]]);
    const bulk = { action: "analyse", engine: "judge", model: "gpt-99", calls: [callId] };
    expect((await api("POST", "/v1/bulk", bulk)).status).toBe(422);
    expect((await api("POST", "/v1/bulk", { ...bulk, dry_run: true })).status).toBe(422);
    expect((await api("POST", path, { engine: "judge", model: "judge-2" })).status).toBe(202);
    await line.run();
    // The one that it is set to may be named too, and takes the place of what it found before.
    vi.setSystemTime(Date.now() + HOUR);
    expect((await api("POST", path, { engine: "judge", model: "judge-1" })).status).toBe(202);
    await line.run();
    expect(questions.map(({ model }) => model)).toEqual(["judge-2", "judge-1"]);
    const [row] = await analysesOf();
    const found = scoreSetsOf(row!).map(({ version, channels }) => [
      version,
      channels[0]?.scores.find(({ value }) => value !== null)?.value,
    ]);
    expect(found).toEqual([
      ["judge-1", 2],
      ["judge-2", 4],
    ]);
    const spent = await readSpend(db, organization.id, monthNumber(Date.now()));
    expect(spent[0]?.micros).toBe((SECOND + FIRST) / 30);
  });

  it("fails by name where the model was taken away meanwhile, and costs nothing", async () => {
    const [callId = ""] = await mintJudged(1);
    const target = { organizationId: organization.id, reach: FULL_REACH, callId };
    const deps = depsOf({ ...line.env });
    const asked = await askEngine(deps, target, { engine: "judge", model: "judge-2" }, ACT_AT_NOON);
    expect(asked.ok).toBe(true);
    const settings = { url: "https://llm.test", model: "judge-1", microsPerMinute: FIRST };
    await db.update(schema.engines).set({ settings }).where(eq(schema.engines.organizationId, organization.id));
    await line.run();
    const [row] = await analysesOf();
    expect(runsOf(row!).at(-1)).toMatchObject({
      state: "failed",
      reason: "unknown_model: the engine cannot be asked for judge-2",
    });
    expect([questions, await readSpend(db, organization.id, monthNumber(Date.now()))]).toEqual([[], []]);
  });
});
