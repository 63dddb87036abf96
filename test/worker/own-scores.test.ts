import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { monthNumber, readSpend, scoreSetsOf } from "../../src/analysis";
import { app } from "../../src/app";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintApiKey, mintCampaign, mintEngine, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

const COURTESY = { name: "Courtesy", meaning: "Is polite throughout.", min: 0, max: 10, of: "operator" };
const URGENCY = { name: "Urgency", meaning: "Needs it at once.", min: 1, max: 3, of: "customer" };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
let engine: Awaited<ReturnType<typeof mintEngine>>;
let rules: string[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  rules = [];
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  line.transcriber = () => {
    const text = "thank you kindly";
    const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
    return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
  };
  line.hosts.set("llm.test", async (request) => {
    const { messages } = await request.json<{ messages: { content: string }[] }>();
    rules.push(messages[0]!.content);
    const said = messages[1]!.content
      .split("\n")
      .slice(1)
      .map((one) => JSON.parse(one) as { channel: number; at_seconds: number });
    // It answers for everything it was not asked for too.
    const scores = ["Courtesy", "Urgency", "Engaged"].flatMap((name) =>
      [0, 1].map((channel) => {
        const at_seconds = said.find((one) => one.channel === channel)?.at_seconds ?? 0;
        return { name, channel, value: 2, explanation: "So it is.", quote: "thank you", at_seconds };
      }),
    );
    return Response.json({ choices: [{ message: { content: JSON.stringify({ scores }) } }] });
  });
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
  const settings = { url: "https://llm.test", model: "judge-1", microsPerMinute: 600_000 };
  engine = await mintEngine(db, organization.id, { name: "judge", kind: "llm", settings });
  await choose({ engines: ["local", "judge"] });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function choose(settings: CampaignOptions) {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

type Answer = { scores: object[]; ok: boolean; reason: string; version: string; dollars: number };

async function api(method: "GET" | "POST" | "PATCH", path: string, body?: object, key = organization.key) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await app.fetch(
    new Request(`https://trunkline.test${path}`, init),
    line.env,
    createExecutionContext(),
  );
  return { status: answer.status, body: await answer.json<Answer>() };
}

const at = () => `/v1/engines/${engine.id}`;

/** A call comes in, and is analysed. */
async function report(): Promise<string> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice({}), headers)).status).toBe(200);
  await line.run();
  return (await analysis()).callId;
}

async function analysis() {
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return row!;
}

/** The names and figures of a set, by channel. */
const figuresOf = (set: ReturnType<typeof scoreSetsOf>[number]) =>
  set.channels.map(({ channel, scores }) => [channel, scores.map(({ name, value }) => [name, value])]);

describe("scores of one's own", () => {
  it("are what the model is asked for and what counts of its answer, each of its party", async () => {
    const saved = await api("PATCH", at(), { scores: [COURTESY, URGENCY] });
    expect([saved.status, saved.body.scores]).toEqual([200, [COURTESY, URGENCY]]);
    await report();
    expect(rules).toHaveLength(1);
    expect(rules[0]).toContain("- Courtesy (0 to 10, channel 0 alone): Is polite throughout.");
    expect(rules[0]).toContain("- Urgency (1 to 3, channel 1 alone): Needs it at once.");
    expect(rules[0]).not.toContain("Engaged");
    const [set] = scoreSetsOf(await analysis());
    expect(set!.version).toMatch(/^judge-1\+[0-9a-z]{8}$/);
    expect(figuresOf(set!)).toEqual([
      [0, [["Courtesy", 2]]],
      [1, [["Urgency", 2]]],
    ]);
    expect(set!.channels[0]!.scores[0]).toMatchObject({ scale: [0, 10], quote: { text: "thank you" } });
  });

  it("change the version with their text, and figures before and after stay beside each other", async () => {
    await api("PATCH", at(), { scores: [COURTESY] });
    const callId = await report();
    for (const scores of [[{ ...COURTESY, meaning: "Says please." }], []]) {
      vi.setSystemTime(Date.now() + MINUTE);
      await api("PATCH", at(), { scores });
      expect((await api("POST", `/v1/calls/${callId}/transcript`, { engine: "judge" })).status).toBe(202);
      await line.run();
    }
    const versions = scoreSetsOf(await analysis()).map(({ version }) => version);
    expect(new Set(versions).size).toBe(3);
    expect(versions.map((version) => version?.split("+")[0])).toEqual(["judge-1", "judge-1", "judge-1"]);
    expect(versions[2]).toBe("judge-1");
    // The same text is the same version again, wherever else the engine was changed.
    vi.setSystemTime(Date.now() + MINUTE);
    await api("PATCH", at(), { scores: [COURTESY], dollars_per_minute: 0.1 });
    await api("POST", `/v1/calls/${callId}/transcript`, { engine: "judge" });
    await line.run();
    expect(scoreSetsOf(await analysis()).map(({ version }) => version)).toEqual(versions);
  });

  it("of one party are not asked for where one channel carries everyone, nor of the operator under the policy of the EU", async () => {
    await api("PATCH", at(), { scores: [COURTESY, { ...URGENCY, of: "both" }] });
    await choose({ policy: "eu" });
    await report();
    expect(rules[0]).not.toContain("Courtesy");
    expect(figuresOf(scoreSetsOf(await analysis())[0]!)).toEqual([[1, [["Urgency", 2]]]]);
  });

  it.each([
    ["two of one name", [COURTESY, { ...COURTESY, name: "courtesy" }]],
    ["a scale that goes nowhere", [{ ...COURTESY, min: 5, max: 5 }]],
    ["no name", [{ ...COURTESY, name: " " }]],
    ["no meaning", [{ ...COURTESY, meaning: "" }]],
    ["more than thirty", Array.from({ length: 31 }, (_, index) => ({ ...COURTESY, name: `Score ${index}` }))],
    ["another party", [{ ...COURTESY, of: "boss" }]],
  ])("are refused with %s, saved and tried", async (_, scores) => {
    expect((await api("PATCH", at(), { scores })).status).toBe(422);
    expect((await api("POST", `${at()}/scores/try`, { call_id: "call_x", scores })).status).toBe(422);
  });

  it("are for language models alone", async () => {
    const other = await mintEngine(db, organization.id, { name: "ears" });
    expect((await api("PATCH", `/v1/engines/${other.id}`, { scores: [COURTESY] })).status).toBe(422);
    const callId = await report();
    const tried = await api("POST", `/v1/engines/${other.id}/scores/try`, { call_id: callId, scores: [COURTESY] });
    expect([tried.status, tried.body.ok]).toEqual([200, false]);
    expect(tried.body.reason).toContain("is no language model");
    expect((await visit(organization).page(`/dashboard/settings/engines/${other.id}/scores`)).status).toBe(404);
  });
});

describe("scores that are tried", () => {
  it("come to figures with their quotes under the version they would have, and nothing is kept but the cost", async () => {
    const callId = await report();
    const [before, spent] = [await analysis(), await readSpend(db, organization.id, monthNumber(NOON))];
    const tried = await api("POST", `${at()}/scores/try`, { call_id: callId, scores: [COURTESY] });
    expect(tried.body).toMatchObject({
      ok: true,
      reason: null,
      version: expect.stringMatching(/^judge-1\+/),
      channels: [{ channel: 0, scores: [{ name: "Courtesy", value: 2, quote: { text: "thank you" } }] }],
    });
    expect(await analysis()).toEqual(before);
    const [after] = await readSpend(db, organization.id, monthNumber(NOON));
    expect(after!.micros - spent[0]!.micros).toBe(Math.round(tried.body.dollars * 1_000_000));
    expect(tried.body.dollars).toBeGreaterThan(0);
    await api("PATCH", at(), { scores: [COURTESY] });
    await api("POST", `/v1/calls/${callId}/transcript`, { engine: "judge" });
    await line.run();
    expect(scoreSetsOf(await analysis()).at(-1)?.version).toBe(tried.body.version);
  });

  it("say why there are none: no words, a limit, an engine that lies", async () => {
    const callId = await report();
    const reasonOf = async (scores: object[] = [COURTESY]) =>
      (await api("POST", `${at()}/scores/try`, { call_id: callId, scores })).body.reason;
    await api("PATCH", "/v1/spend", { cap_dollars: 0 });
    expect(await reasonOf()).toMatch(/^spend_cap: /);
    await api("PATCH", "/v1/spend", { cap_dollars: null });
    line.hosts.set("llm.test", () => Response.json({ choices: [{ message: { content: "five out of five" } }] }));
    expect(await reasonOf()).toMatch(/^bad_answer: twice: /);
    await db.update(schema.analyses).set({ engines: null }).where(eq(schema.analyses.callId, callId));
    expect(await reasonOf()).toMatch(/^no_transcript: /);
  });

  it("are given no words that the campaign takes out, where they were stored before it did", async () => {
    line.transcriber = () => {
      const text = "my card is 4111 1111 1111 1111 thank you";
      const words = text.split(" ").map((word, index) => ({ word, start: index * 0.2, end: index * 0.2 + 0.15 }));
      return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
    };
    const callId = await report();
    await choose({ redact: ["card_number"] });
    const sent: string[] = [];
    line.hosts.set("llm.test", async (request) => {
      sent.push(await request.text());
      return Response.json({ choices: [{ message: { content: JSON.stringify({ scores: [] }) } }] });
    });
    await api("POST", `${at()}/scores/try`, { call_id: callId, scores: [COURTESY] });
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.join()).toContain("[card number]");
    expect(sent.join()).not.toContain("1111");
  });

  it("cost nothing where the engine gave no answer, and what they cost where it did not fit", async () => {
    const callId = await report();
    const spentNow = async () => (await readSpend(db, organization.id, monthNumber(NOON)))[0]!.micros;
    const attempt = async () => (await api("POST", `${at()}/scores/try`, { call_id: callId, scores: [COURTESY] })).body;
    const before = await spentNow();
    line.hosts.set("llm.test", () => new Response("gone", { status: 503 }));
    expect(await attempt()).toMatchObject({ ok: false, reason: expect.stringMatching(/^down: /), dollars: 0 });
    expect(await spentNow()).toBe(before);
    line.hosts.set("llm.test", () => Response.json({ choices: [{ message: { content: "five out of five" } }] }));
    const { dollars, ok } = await attempt();
    expect(ok).toBe(false);
    expect(dollars).toBeGreaterThan(0);
    expect(await spentNow()).toBe(before + Math.round(dollars * 1_000_000));
  });

  it("need both rights, and a call of the organization", async () => {
    const callId = await report();
    const other = await mintOrganization(db);
    const body = { call_id: callId, scores: [COURTESY] };
    expect((await api("POST", `${at()}/scores/try`, body, other.key)).status).toBe(404);
    const theirs = await mintEngine(db, other.id, { kind: "llm" });
    expect((await api("POST", `/v1/engines/${theirs.id}/scores/try`, body, other.key)).status).toBe(404);
    const blind = await mintApiKey(db, { organizationId: organization.id, scopes: ["engines:write"] });
    expect((await api("POST", `${at()}/scores/try`, body, blind.key)).status).toBe(403);
    const reader = await mintApiKey(db, { organizationId: organization.id, scopes: ["analyses:read", "engines:read"] });
    expect((await api("POST", `${at()}/scores/try`, body, reader.key)).status).toBe(403);
  });
});

describe("the page of scores", () => {
  const here = () => `/dashboard/settings/engines/${engine.id}/scores`;
  const fields = (over: Record<string, string> = {}) => ({
    "name-0": "Courtesy",
    "meaning-0": "Is polite throughout.",
    "min-0": "0",
    "max-0": "10",
    "of-0": "operator",
    ...over,
  });
  const seenOn = (text: string) => /name="seen" value="([^"]*)"/.exec(text)?.[1] ?? "";

  it("adds a score, tries it, and saves it", async () => {
    const callId = await report();
    const pages = visit(organization);
    const before = await pages.page(here());
    expect(before.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const seen = seenOn(before.text);
    const added = await pages.post(here(), fields({ seen, do: "add" }));
    expect(await added.text()).toContain('name="name-1"');
    const tried = await (await pages.post(here(), fields({ seen, do: "try", call: callId }))).text();
    for (const text of ["Courtesy", "thank you", "So it is."]) expect(tried).toContain(text);
    expect(await db.select().from(schema.engines).where(eq(schema.engines.id, engine.id))).toMatchObject([
      { settings: { model: "judge-1" } },
    ]);
    const wrong = await pages.post(here(), fields({ seen, do: "save", "max-0": "0" }));
    expect([wrong.status, (await wrong.text()).includes("A scale goes from less to more")]).toEqual([422, true]);
    const none = await pages.post(here(), fields({ seen, do: "try", call: "call_x" }));
    expect([none.status, (await none.text()).includes("There is no such call.")]).toEqual([422, true]);
    expect((await pages.post(here(), fields({ seen, do: "save" }))).status).toBe(303);
    const [row] = await db.select().from(schema.engines).where(eq(schema.engines.id, engine.id));
    expect(row?.settings.scores).toEqual([COURTESY]);
    expect((await pages.page(`/dashboard/settings/engines/${engine.id}`)).text).toContain("1 of your own");
    // The form of the engine leaves them as they are.
    const own = `/dashboard/settings/engines/${engine.id}`;
    const form = {
      seen: seenOn((await pages.page(own)).text),
      url: "https://llm.test",
      model: "judge-9",
      price: "0.6",
    };
    expect((await pages.post(own, form)).status).toBe(303);
    const [kept] = await db.select().from(schema.engines).where(eq(schema.engines.id, engine.id));
    expect(kept?.settings).toMatchObject({ model: "judge-9", scores: [COURTESY] });
  });

  it("shows both where somebody else saved meanwhile, and runs nothing that is written in it", async () => {
    const pages = visit(organization);
    const seen = seenOn((await pages.page(here())).text);
    await api("PATCH", at(), { scores: [{ ...COURTESY, meaning: SCRIPT }] });
    const stale = await pages.post(here(), fields({ seen, do: "save" }));
    const text = await stale.text();
    expect(stale.status).toBe(409);
    expectHarmless(text);
    expect((await pages.post(here(), fields({ seen: seenOn(text), do: "save" }))).status).toBe(303);
  });

  it("is not for those who may not change engines, nor of another organization", async () => {
    expect((await visit(organization, { role: "viewer" }).page(here())).status).toBe(403);
    expect((await visit(await mintOrganization(db)).page(here())).status).toBe(404);
  });
});
