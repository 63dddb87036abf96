import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEngine, SIGNATURE, snapshotAnalysis } from "../../src/analysis";
import { signBody } from "../../src/analysis/scores/http/contract";
import { app } from "../../src/app";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import type { AnalysisSnapshot } from "../../src/events";
import { FULL_REACH } from "../../src/identity";
import { HOUR, MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const KEY = "key-of-the-engine";
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

type Question = { analysis_id: string; audio_url: string; answer_url: string; channels: object[]; test?: true };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let asked: { question: Question; signature: string | null; text: string }[];
let campaignId: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline();
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  organization = await mintOrganization(db);
  asked = [];
  campaignId = (await mintCampaign(db, organization.id)).id;
  const input = { name: "scorer", kind: "http" as const, model: null, microsPerMinute: 0, key: KEY };
  const made = await createEngine(
    depsOf(line.env),
    organization.id,
    { ...input, url: "https://transcribe.test/score" },
    ACT_AT_NOON,
  );
  expect(made.ok).toBe(true);
  await choose({ engines: ["scorer"] });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function choose(settings: { engines?: string[]; policy?: "eu" | null }) {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

/** A call comes in, and the engine answers its question like this. */
async function report(answer: () => Response = () => new Response(null, { status: 202 })): Promise<Question> {
  line.transcriber = async (request) => {
    const text = await request.text();
    asked.push({ question: JSON.parse(text) as Question, signature: request.headers.get(SIGNATURE), text });
    return answer();
  };
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice({}), headers)).status).toBe(200);
  line.sent.push(...line.sent);
  await line.run();
  return asked[0]!.question;
}

const SCORES = {
  version: "7",
  channels: [
    { channel: 0, talk_seconds: 3, scores: [{ name: "Engaged", value: 4, min: 1, max: 5, explanation: "Asks back." }] },
    { channel: 1, scores: [{ name: "Engaged", value: 2 }] },
  ],
};

type Sending = { body?: string; key?: string; signature?: string | null; at?: number };

/** Sends an answer as the engine does, or not quite. */
async function send(url: string, sending: Sending = {}): Promise<number> {
  const { body = JSON.stringify(SCORES), key = KEY, at = Date.now() } = sending;
  const signature = sending.signature === undefined ? await signBody(key, body, at) : sending.signature;
  const request = new Request(url, {
    method: "POST",
    body,
    headers: signature === null ? {} : { [SIGNATURE]: signature },
  });
  return (await app.fetch(request, line.env, createExecutionContext())).status;
}

async function analysis(): Promise<AnalysisSnapshot> {
  const rows = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  expect(rows).toHaveLength(1);
  return snapshotAnalysis(rows[0]!);
}

async function types(): Promise<string[]> {
  const rows = await db
    .select({ type: schema.events.type })
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.seq));
  return rows.map(({ type }) => type).filter((type) => type.startsWith("analysis."));
}

async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    vi.setSystemTime(Date.now() + MINUTE);
    await line.cron();
    await line.run();
  }
}

describe("an engine that is handed recordings", () => {
  it("is asked once, signed, with a link that opens the audio and the speaker of each channel", async () => {
    const question = await report();
    expect(asked).toHaveLength(1);
    expect(asked[0]!.signature).toBe(await signBody(KEY, asked[0]!.text, NOON));
    const audio = await app.fetch(new Request(question.audio_url), line.env, createExecutionContext());
    expect(audio.status).toBe(200);
    expect((await audio.arrayBuffer()).byteLength).toBe(CALL.byteLength);
    expect(question.channels).toEqual([
      { channel: 0, speaker: "operator" },
      { channel: 1, speaker: "customer" },
    ]);
    expect(await types()).toEqual(["analysis.created"]);
  });

  it("answers at once", async () => {
    await report(() => Response.json(SCORES));
    expect(await types()).toEqual(["analysis.created", "analysis.completed"]);
    const found = await analysis();
    expect(found.scores).toEqual([{ Engaged: 4 }, { Engaged: 2 }]);
    expect(found.score_sets).toMatchObject([{ engine: "scorer", version: "7", indicator: false }]);
    expect(found.score_sets[0]!.channels[0]).toMatchObject({
      talk_seconds: 3,
      scores: [{ scale: { min: 1, max: 5 }, explanation: "Asks back." }],
    });
  });

  it("answers later, to the address it was given; the analysis ends then, once", async () => {
    const { answer_url: url } = await report();
    await pass(3);
    expect(await send(url)).toBe(202);
    await line.run();
    expect(await types()).toEqual(["analysis.created", "analysis.completed"]);
    expect((await analysis()).scores).toEqual([{ Engaged: 4 }, { Engaged: 2 }]);
    expect(asked).toHaveLength(1);
  });

  it("answers late: the analysis has ended without it and is updated", async () => {
    const { answer_url: url } = await report();
    await pass(17);
    expect(await types()).toEqual(["analysis.created", "analysis.completed"]);
    expect((await analysis()).engines[1]).toMatchObject({ engine: "scorer", state: "late" });
    expect(await send(url)).toBe(202);
    await line.run();
    expect(await types()).toEqual(["analysis.created", "analysis.completed", "analysis.updated"]);
    expect((await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
  });

  it("answers too late: nothing waits any more", async () => {
    const { answer_url: url } = await report();
    await pass(17);
    vi.setSystemTime(NOON + 6 * HOUR + MINUTE);
    expect(await send(url)).toBe(403);
    await pass(2);
    expect((await analysis()).engines[1]).toMatchObject({
      state: "failed",
      reason: "timeout: no answer within 6 hours",
    });
  });

  it("is not taken for another: forged, unsigned, changed, of an old time, of another analysis", async () => {
    const { answer_url: url } = await report();
    expect(await send(url, { key: "another" })).toBe(401);
    expect(await send(url, { signature: null })).toBe(401);
    expect(await send(url, { signature: "t=1,v1=00" })).toBe(401);
    expect(await send(url, { signature: await signBody(KEY, "{}", NOON) })).toBe(401);
    expect(await send(url, { at: NOON - 6 * MINUTE })).toBe(401);
    const elsewhere = new URL(url);
    elsewhere.pathname = elsewhere.pathname.replace(/ana_\w{26}/, `ana_${"0".repeat(26)}`);
    expect(await send(elsewhere.href)).toBe(404);
    for (const name of ["organization", "engine", "run", "expires", "signature"]) {
      const changed = new URL(url);
      changed.searchParams.set(name, "1");
      expect([name, await send(changed.href)]).toEqual([name, 404]);
    }
    await pass(1);
    expect((await analysis()).scores).toBeNull();
    // And the right one still counts.
    expect(await send(url)).toBe(202);
  });

  it("is heard once: replayed, the first answer stays", async () => {
    const { answer_url: url } = await report();
    expect(await send(url)).toBe(202);
    const other = JSON.stringify({ channels: [{ channel: 0, scores: [{ name: "Engaged", value: 1 }] }] });
    expect(await send(url, { body: other })).toBe(409);
    await line.run();
    expect(await send(url, { body: other })).toBe(409);
    expect((await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
  });

  it("sends again what a crash came after: what was kept is worked on all the same", async () => {
    const { answer_url: url } = await report();
    expect(await send(url)).toBe(202);
    // As if nothing had happened but the answer being kept.
    line.sent.length = 0;
    const isOurs = eq(schema.analyses.organizationId, organization.id);
    await db
      .update(schema.analyses)
      .set({ dueAt: Date.now() + HOUR })
      .where(isOurs);
    expect(await send(url)).toBe(409);
    const [row] = await db.select().from(schema.analyses).where(isOurs);
    expect(row?.dueAt).toBeLessThanOrEqual(Date.now());
  });

  it("may not answer what is huge, no JSON or nothing", async () => {
    const { answer_url: url } = await report();
    expect(await send(url, { body: "x".repeat(300_000) })).toBe(413);
    expect(await send(url, { body: "scores: 5" })).toBe(422);
    expect(await send(url, { body: "{}" })).toBe(422);
    expect(await send(url, { body: '{"channels":[{"channel":0,"scores":[{"name":"Engaged","value":"5"}]}]}' })).toBe(
      422,
    );
    await pass(1);
    expect((await analysis()).scores).toBeNull();
  });

  it("lies: a value off its own scale and a channel that is not there do not count", async () => {
    const lies = {
      channels: [
        { channel: 0, scores: [{ name: "Engaged", value: 9, min: 1, max: 5 }] },
        { channel: 7, scores: [{ name: "Engaged", value: 5 }] },
      ],
    };
    await report(() => Response.json(lies));
    const found = await analysis();
    expect(found.scores).toBeNull();
    const [only, ...others] = found.score_sets[0]!.channels;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ channel: 0, scores: [{ value: null }] });
    expect(only!.scores[0]!.explanation).toContain("off the scale");
  });

  it.each([
    ["says why it has none", () => Response.json({ error: "no speech" }), "bad_answer: the engine says: no speech"],
    ["answers no JSON", () => new Response("<html>"), "bad_answer: the answer is no JSON"],
    ["answers another shape", () => Response.json({ channels: "all" }), "bad_answer:"],
    ["refuses", () => new Response("no", { status: 403 }), "refused: HTTP 403"],
    ["answers more than anybody needs", () => new Response("x".repeat(4_000_001)), "too_large:"],
    [
      "redirects",
      () => new Response(null, { status: 302, headers: { location: "https://elsewhere.test/" } }),
      "refused: HTTP 302",
    ],
  ] as const)("that %s leaves its reason, and the analysis ends", async (_, answer, reason) => {
    await report(answer);
    const found = await analysis();
    expect(found.state).toBe("completed");
    expect(found.engines[1]!.state).toBe("failed");
    expect(found.engines[1]!.reason).toContain(reason);
    expect(asked).toHaveLength(1);
  });

  it("that is down is asked again", async () => {
    let isDown = true;
    await report(() => (isDown ? new Response("gone", { status: 503 }) : Response.json(SCORES)));
    isDown = false;
    await pass(2);
    expect(asked.length).toBe(2);
    expect((await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
  });

  it("scores no operator under the policy of the EU, whatever it answers", async () => {
    await choose({ policy: "eu" });
    await report(() => Response.json(SCORES));
    expect((await analysis()).scores).toEqual([null, { Engaged: 2 }]);
  });

  it("whose answer and whose messages come twice is worked on once", async () => {
    const { answer_url: url, analysis_id: analysisId } = await report();
    expect(await send(url)).toBe(202);
    const messages = line.sent.filter(({ queue }) => queue === QUEUES.analysis).map(({ body }) => body);
    expect(messages).toHaveLength(1);
    line.sent.push(...line.sent);
    await line.run();
    await line.deliver(QUEUES.analysis, [...messages, ...messages], 2);
    await line.run();
    expect(analysisId).toContain("ana_");
    expect(await types()).toEqual(["analysis.created", "analysis.completed"]);
  });
});
