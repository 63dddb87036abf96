import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { beforeEach, afterEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app";
import { setDefaultRedaction, updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH, PERMISSIONS } from "../../src/identity";
import { redactStored } from "../../src/pipeline/redact-stored";
import { readGate, REDACTION_ENGINE } from "../../src/recordings";
import { DEFAULT_ENGINE, newRun, runsOf } from "../../src/analysis";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCallActions,
  mintCampaign,
  mintEvent,
  mintInbound,
  mintOrganization,
  mintRecording,
  NOON,
} from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";
import { formOf, noiseWav, send } from "./uploading";

// Each of these was a way to what redaction takes out, or a recording that was held back for ever.

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const CARD = "4111 1111 1111 1111";
const OTHERS = Object.keys(PERMISSIONS).filter((one) => one !== "originals:read");

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
/** A key with every permission but to hear originals. */
let key: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  line.transcriber = () => spoken("thanks");
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
  key = (await mintApiKey(db, { organizationId: organization.id, scopes: OTHERS })).key;
});

afterEach(() => vi.useRealTimers());

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

/** An answer in the form of Whisper's servers: these words, a fifth of a second each. */
function spoken(text: string): Response {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
}

/** The first that an engine hears has the card, and nothing after it. */
function sayCardOnce(): void {
  let heard = 0;
  line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
}

async function report(): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(), headers)).status).toBe(200);
  await line.run();
}

async function recording() {
  const row = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organization.id))
    .get();
  return row!;
}

async function gate() {
  const { id: recordingId, callId, organizationId } = await recording();
  return readGate(db, { recordingId, callId, organizationId });
}

async function ask(path: string, init: RequestInit = {}, given = key) {
  const headers = { "x-api-key": given, "content-type": "application/json" };
  const request = new Request(new URL(path, "https://trunkline.test"), { ...init, headers });
  const answer = await app.fetch(request, line.env, createExecutionContext());
  return { status: answer.status, body: await answer.text() };
}

const redact = (callId: string, given = key) =>
  ask(`/v1/calls/${callId}/transcript`, { method: "POST", body: JSON.stringify({ engine: REDACTION_ENGINE }) }, given);

describe("an uploaded file", () => {
  const upload = async () => {
    const body = formOf({ campaign_id: "1" }, ["a.wav", noiseWav(20_000)]);
    const made = await send(line, "POST", "/v1/uploads", { key: organization.key, body });
    expect(made.status).toBe(201);
    return `/v1/uploads/tus/${made.body.id}`;
  };

  it("is held back before its recording is made, where any call of the organization is redacted", async () => {
    const path = await upload();
    expect((await ask(path)).status).toBe(200);
    const other = await mintCampaign(db, organization.id, "Other");
    const target = { organizationId: organization.id, reach: FULL_REACH, id: other.id };
    await updateCampaign({ db }, target, { settings: { redact: ["card_number"] } }, ACT_AT_NOON);
    expect((await ask(path)).status).toBe(409);
    expect((await ask(path, { headers: { range: "bytes=0-99" } })).status).toBe(409);
  });

  it("is held back where its recording is not found, and where its call was redacted before the setting was off", async () => {
    const path = await upload();
    await line.run();
    const { id, callId } = await recording();
    await db.delete(schema.recordings).where(eq(schema.recordings.id, id));
    await env.BUCKET.put(`uploads/${organization.id}/${path.split("/").at(-1)}`, noiseWav(20_000));
    expect((await ask(path)).status).toBe(200);
    await setDefaultRedaction({ db }, organization.id, ["card_number"]);
    expect((await ask(path)).status).toBe(409);
    await setDefaultRedaction({ db }, organization.id, []);
    expect((await ask(path)).status).toBe(200);
    const run = { engine: REDACTION_ENGINE, state: "failed", reason: "no", findings: null, createdAt: NOON };
    const call = { id: callId, organizationId: organization.id };
    await db.delete(schema.analyses).where(eq(schema.analyses.callId, callId));
    await mintAnalysis(db, call as never, id, { engines: [run] as never });
    expect((await ask(path)).status).toBe(409);
  });
});

describe("a call without a campaign", () => {
  it("is masked as its organization says: what its platform sent, values beside it, and by request", async () => {
    await setDefaultRedaction({ db }, organization.id, ["card_number"]);
    const note = { campaign_id: 77, remark: `card ${CARD}` };
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    expect((await line.post("/webhook/anura/", anuraNotice(note), headers)).status).toBe(200);
    await line.run();
    const calls = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
    expect(calls.map((one) => one.campaignId)).toEqual([null]);
    expect(JSON.stringify(calls)).not.toMatch(/4111/);
    const call = await mintCall(db, organization.id, { conversation: said(`my card is ${CARD}`) });
    const kept = await mintRecording(db, call);
    await mintAnalysis(db, call, kept.id);
    expect(await redact(call.id)).toMatchObject({ status: 202 });
    const after = await db.select().from(schema.calls).where(eq(schema.calls.id, call.id)).get();
    expect(JSON.stringify(after?.conversation)).not.toMatch(/4111/);
  });
});

function said(summary: string) {
  return { agentId: null, summary, transcript: null, timeline: [], actionResults: [] };
}

describe("a recording that was held back for ever", () => {
  it("where engines were asked about it as often as they may be: it is redacted all the same", async () => {
    await configure({ engines: ["local"] });
    sayCardOnce();
    await report();
    const { callId } = await recording();
    const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.callId, callId));
    const [heard] = runsOf(row!);
    const engines = Array.from({ length: 20 }, () => heard!);
    await db.update(schema.analyses).set({ engines }).where(eq(schema.analyses.callId, callId));
    await configure({ engines: ["local"], redact: ["card_number"] });
    const more = await ask(`/v1/calls/${callId}/transcript`, {
      method: "POST",
      body: JSON.stringify({ engine: "local" }),
    });
    expect([more.status, more.body.includes("Engines were asked too often about this call.")]).toEqual([409, true]);
    expect((await redact(callId)).status).toBe(202);
    await line.run();
    expect(await gate()).toMatchObject({ kind: "muted" });
  });

  it("where more is taken out than was looked for: says so, and is redacted when it is asked for", async () => {
    await configure({ engines: ["local"], redact: ["email"] });
    sayCardOnce();
    await report();
    expect(await gate()).toEqual({ kind: "open" });
    await configure({ redact: ["email", "card_number"] });
    expect(await gate()).toEqual({ kind: "held", why: "not_redacted" });
    const { id, callId } = await recording();
    const { audio_url: link } = JSON.parse((await ask(`/v1/recordings/${id}`)).body);
    const held = await ask(link);
    expect([held.status, held.body.includes("trunkline-redaction")]).toEqual([409, true]);
    expect((await redact(callId)).status).toBe(202);
    await line.run();
    expect((await gate()).kind).toBe("muted");
  });

  it("where its campaign has nothing analysed: is analysed when redaction is asked for", async () => {
    await configure({ engines: ["local"], redact: ["card_number"], autoAnalyze: false });
    sayCardOnce();
    await report();
    expect(await gate()).toEqual({ kind: "held", why: "not_redacted" });
    const { callId } = await recording();
    const reader = await mintApiKey(db, { organizationId: organization.id, scopes: ["calls:read", "analyses:read"] });
    expect((await redact(callId, reader.key)).status).toBe(403);
    const first = await redact(callId);
    expect([first.status, JSON.parse(first.body).analysis_ids.length]).toEqual([202, 1]);
    expect((await gate()).kind).toBe("held");
    await line.run();
    expect((await gate()).kind).toBe("muted");
    const other = await mintOrganization(db);
    expect((await redact(callId, other.key)).status).toBe(404);
  });

  it("where its analysis ended with the step open", async () => {
    await configure({ redact: ["card_number"] });
    const call = await mintCall(db, organization.id, { campaignId });
    const kept = await mintRecording(db, call);
    const run = { engine: REDACTION_ENGINE, state: "pending", reason: null, findings: null, createdAt: NOON };
    await mintAnalysis(db, call, kept.id, { engines: [run] as never });
    expect(await gate()).toEqual({ kind: "held", why: "not_redacted" });
  });

  it("where its recording could not be read: is heard anew when redaction is asked for", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    sayCardOnce();
    const call = await mintCall(db, organization.id, { campaignId });
    const object = `recordings/${organization.id}/unread`;
    const { id } = await mintRecording(db, call, { key: object, size: CALL.length });
    const ended = { state: "failed", reason: "not_decoded: empty", completedAt: NOON };
    const runs = ["local", REDACTION_ENGINE].map((engine) => ({ ...newRun(engine, 0, NOON), ...ended }));
    const failed = { state: "failed" as const, reason: "empty", findings: null, engines: runs as never };
    await mintAnalysis(db, call, id, { ...failed, engine: DEFAULT_ENGINE.name });
    expect(await gate()).toEqual({ kind: "held", why: "redaction_failed" });
    await env.BUCKET.put(object, CALL);
    const asked = await redact(call.id);
    expect([asked.status, JSON.parse(asked.body).analysis_ids.length]).toEqual([202, 1]);
    await line.run();
    expect((await gate()).kind).toBe("muted");
  });

  it("opens where nobody looked through it and its campaign redacts no more, and stays where something was found", async () => {
    await configure({ engines: [], redact: ["card_number"], autoAnalyze: false });
    await report();
    expect((await gate()).kind).toBe("held");
    await configure({ redact: [] });
    expect(await gate()).toEqual({ kind: "open" });
  });
});

describe("calls from before", () => {
  it("have the answers of their post-call actions masked, in their row and in events", async () => {
    await configure({ redact: ["card_number"] });
    const call = await mintCall(db, organization.id, { campaignId, custom: { note: CARD, number: 4111111111111111 } });
    const answer = { answer: `The card is ${CARD}.`, number: 4111111111111111 };
    const { steps } = await mintCallActions(db, call);
    const told = (steps as object[]).map((one) => ({ ...one, result: answer, reason: `HTTP 500: card ${CARD}` }));
    await db.update(schema.callActions).set({ steps: told }).where(eq(schema.callActions.callId, call.id));
    const evidence = [`Pays (+60): operator said “card ${CARD} please” at 0:12`, `They gave ${CARD}.`];
    const number = 4111111111111111;
    const data = {
      call: { custom: { note: CARD, number }, action_results: [{ number }] },
      actions: [{ result: { ...answer, number }, reason: CARD }],
      risk: { evidence },
    };
    for (let seq = 1; seq <= 203; seq += 1) await mintEvent(db, call, seq, { data: JSON.stringify(data) });
    await redactStored({ db, bucket: env.BUCKET }, call, ["card_number"], NOON);
    const acted = await db.select().from(schema.callActions).where(eq(schema.callActions.callId, call.id)).get();
    expect(JSON.stringify(acted)).not.toMatch(/4111/);
    expect(JSON.stringify(acted?.steps)).toContain("The card is [card number]");
    const after = await db.select().from(schema.calls).where(eq(schema.calls.id, call.id)).get();
    expect(after?.custom).toEqual({ note: "[card number]", number: "[card number]" });
    const events = await db.select().from(schema.events).where(eq(schema.events.stream, call.id));
    expect([events.length, JSON.stringify(events).match(/4111/g)]).toEqual([203, null]);
    expect(events[0]?.data).toContain("Pays (+60): operator said");
  });

  it("have what their platform found masked", async () => {
    const call = await mintCall(db, organization.id, { campaignId });
    const claim = { engine: "platform", version: null, at: NOON, score: 80, level: "high", evidence: [`gave ${CARD}`] };
    await mintAnalysis(db, call, "", {
      id: (await import("../../src/calls")).platformAnalysisIdOf(call.id),
      risk: { claims: [claim], reviews: [] },
    });
    await redactStored({ db, bucket: env.BUCKET }, call, ["card_number"], NOON);
    const rows = await db.select().from(schema.analyses).where(eq(schema.analyses.callId, call.id));
    expect(JSON.stringify(rows)).not.toMatch(/4111/);
    expect(runsOf(rows[0]!)).toEqual([]);
  });
});

describe("the log of requests", () => {
  it("gives bodies to those alone who may hear originals, where anything is redacted, and says who read them", async () => {
    const logged = await mintInbound(db, organization.id, { body: new TextEncoder().encode(`card ${CARD}`) as never });
    const path = `/v1/inbound/${logged.id}`;
    expect(JSON.parse((await ask(path)).body)).toMatchObject({ body_withheld: false, body: { encoding: "text" } });
    await configure({ redact: ["card_number"] });
    expect(JSON.parse((await ask(path)).body)).toMatchObject({ body_withheld: true, body: null });
    for (const filter of ["/v1/inbound?q=4111", "/v1/inbound?q=card"])
      expect([(await ask(filter)).status, JSON.parse((await ask(filter)).body).permission]).toEqual([
        403,
        "originals:read",
      ]);
    const replay = { filter: { q: "4111" }, dry_run: true };
    const replayed = await ask("/v1/inbound/replay", { method: "POST", body: JSON.stringify(replay) });
    expect(replayed.status).toBe(403);
    expect((await ask("/v1/inbound")).status).toBe(200);
    const whole = await ask(path, {}, organization.key);
    expect([whole.status, whole.body.includes(CARD)]).toEqual([200, true]);
    const acts = await db
      .select({ actor: schema.auditLog.actor })
      .from(schema.auditLog)
      .where(and(eq(schema.auditLog.organizationId, organization.id), eq(schema.auditLog.action, "inbound.body_read")));
    expect(acts).toEqual([{ actor: organization.apiKeyId }]);
  });
});
