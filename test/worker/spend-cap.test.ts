import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createEngine,
  MICROS,
  monthNumber,
  readSpend,
  runsOf,
  setSpendCap,
  snapshotAnalysis,
  WAITS,
  type EngineKind,
} from "../../src/analysis";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH } from "../../src/identity";
import { DAY, MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { deadLetterOf, newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
/** The names of the engines that were asked, in order. */
let asked: string[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  asked = [];
  line = newPipeline();
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Answers = Record<string, (body: string) => Response>;

/** Calls on which people talk; a tone is quicker heard, where only its length counts. */
const spokenCalls = () => {
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
};

/** Engines at a dollar a minute, in this order in the campaign. */
async function engines(kinds: Record<string, EngineKind>, answers: Answers, sumUp = false): Promise<void> {
  for (const [name, kind] of Object.entries(kinds)) {
    const url = `https://transcribe.test/${name}`;
    const input = { name, kind, url, model: null, microsPerMinute: MICROS, key: "key" };
    expect((await createEngine(depsOf(line.env), organization.id, input, ACT_AT_NOON)).ok).toBe(true);
  }
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  const changes = { settings: { engines: Object.keys(kinds), sumUp } };
  expect((await updateCampaign({ db }, target, changes, ACT_AT_NOON)).ok).toBe(true);
  line.transcriber = async (request) => {
    const name = new URL(request.url).pathname.split("/")[1] ?? "";
    asked.push(name);
    return answers[name]!(await request.text());
  };
}

async function report(calls = 1): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  for (let at = 0; at < calls; at += 1) {
    const own = { dialtime: `2026-11-21 10:30:${10 + at}`, audio_file_mp3: `https://pbx.test/${at}.mp3` };
    expect((await line.post("/webhook/anura/", anuraNotice(own), headers)).status).toBe(200);
  }
  await line.run();
}

const rows = () => db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));

/** Dollars of this month by engine, to the cent. */
async function spent(): Promise<Record<string, number>> {
  const found = await readSpend(db, organization.id, monthNumber(NOON));
  return Object.fromEntries(found.map(({ engine, micros }) => [engine, Math.round((micros / MICROS) * 100) / 100]));
}

async function pass(milliseconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + milliseconds);
  await line.cron();
  await line.run();
}

const taken = () => new Response(null, { status: 202 });
const refused = () => new Response("", { status: 403 });
const spoken = () => {
  const text = "please cancel my policy";
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
};
const said = (content: string) => Response.json({ choices: [{ message: { content } }] });
const NO_SCORES = '{"scores":[]}';

describe("the cap of an organization", () => {
  it("holds for a server that takes recordings and answers later, whatever number of calls comes", async () => {
    await engines({ voices: "http" }, { voices: taken });
    await report();
    const each = (await readSpend(db, organization.id, monthNumber(NOON)))[0]!.micros;
    expect(each).toBeGreaterThan(0);
    await setSpendCap({ db }, organization.id, 4 * each, ACT_AT_NOON);
    await report(9);
    expect(asked).toHaveLength(4);
    expect((await readSpend(db, organization.id, monthNumber(NOON)))[0]!.micros).toBe(4 * each);
    const states = (await rows()).map((row) => snapshotAnalysis(row).engines[1]!);
    expect(states.filter(({ state }) => state === "pending")).toHaveLength(4);
    expect(states.filter(({ reason }) => reason?.startsWith("spend_cap: "))).toHaveLength(5);
  });

  it("holds for language models that are asked side by side", async () => {
    spokenCalls();
    await engines({ whisper: "openai", judge: "llm" }, { whisper: spoken, judge: () => said(NO_SCORES) });
    await report();
    const of = async (name: string) =>
      (await readSpend(db, organization.id, monthNumber(NOON))).find(({ engine }) => engine === name)?.micros ?? 0;
    const [heard, each] = [await of("whisper"), await of("judge")];
    expect(each).toBeGreaterThan(0);
    // Words of all five, and scores of three at most.
    const cap = 5 * heard + 3 * each + each / 2;
    await setSpendCap({ db }, organization.id, cap, ACT_AT_NOON);
    await report(5);
    expect(await of("judge")).toBeGreaterThan(each);
    expect((await of("whisper")) + (await of("judge"))).toBeLessThanOrEqual(cap);
    expect(asked.filter((name) => name === "judge").length).toBe(Math.round((await of("judge")) / each));
  });

  it("forbids the repair of an answer that it leaves nothing for", async () => {
    spokenCalls();
    await engines({ whisper: "openai", judge: "llm" }, { whisper: spoken, judge: () => said("no JSON") });
    await report();
    const before = await readSpend(db, organization.id, monthNumber(NOON));
    const [judge, whisper] = before.map(({ micros }) => micros) as [number, number];
    // Two requests each: another call leaves room for the first alone.
    await setSpendCap({ db }, organization.id, 2 * whisper + judge + judge / 2, ACT_AT_NOON);
    asked = [];
    await report(2);
    expect(asked.filter((name) => name === "judge")).toHaveLength(1);
    const reasons = (await rows()).map((row) => snapshotAnalysis(row).engines[2]?.reason);
    expect(reasons).toContainEqual(expect.stringMatching(/^spend_cap: /));
    expect((await spent())["judge"]).toBeCloseTo((1.5 * judge) / MICROS, 1);
  });
});

describe("what engines cost", () => {
  it("counts both requests of an answer that had to be repaired, and one where the repair was refused", async () => {
    spokenCalls();
    let answers = 0;
    await engines(
      { whisper: "openai", judge: "llm" },
      { whisper: spoken, judge: () => ((answers += 1) === 1 ? said("no JSON") : said(NO_SCORES)) },
    );
    await report();
    const [row] = await rows();
    const run = runsOf(row!)[1]!;
    expect(run).toMatchObject({ state: "completed", audioMs: 2 * run.requestMs! });
    expect((await spent())["judge"]).toBe(Math.round((run.micros! / MICROS) * 100) / 100);

    answers = 0;
    line.transcriber = ({ url }) =>
      url.includes("/whisper") ? spoken() : (answers += 1) === 1 ? said("no JSON") : refused();
    await report(2);
    const failed = (await rows()).map((one) => runsOf(one)[1]!).find(({ state }) => state === "failed")!;
    expect(failed).toMatchObject({ reason: expect.stringMatching(/^refused/), audioMs: failed.requestMs! });
  });

  it("is given back for each of the calls that end together", async () => {
    spokenCalls();
    await engines({ whisper: "openai", voices: "http" }, { whisper: refused, voices: refused });
    await report(3);
    expect(await rows()).toHaveLength(3);
    expect(await spent()).toEqual({ voices: 0, whisper: 0 });
  });

  it("is given back while another engine of the call is still awaited", async () => {
    spokenCalls();
    await engines({ whisper: "openai", voices: "http" }, { whisper: refused, voices: taken });
    await report();
    expect((await rows())[0]!.state).toBe("pending");
    const { whisper, voices } = await spent();
    expect(whisper).toBe(0);
    expect(voices).toBeGreaterThan(0);
  });

  it("is given back where the analysis is given up, but for what was answered", async () => {
    spokenCalls();
    await engines(
      { whisper: "openai", judge: "llm", voices: "http" },
      {
        whisper: spoken,
        judge: (body) => (body.includes("was about") ? new Response("", { status: 429 }) : said(NO_SCORES)),
        voices: () => new Response("", { status: 503 }),
      },
      true,
    );
    await report();
    const before = await spent();
    const open = runsOf((await rows())[0]!);
    expect(open.map(({ state }) => state)).toEqual(["completed", "pending", "pending"]);
    // Nothing is tried again until its time is over.
    vi.setSystemTime(NOON + DAY + MINUTE);
    await line.cron();
    expect((await rows())[0]!.state).toBe("completed");
    const { whisper, judge, voices } = await spent();
    expect(whisper).toBe(before["whisper"]);
    expect(judge).toBeCloseTo(before["judge"]! / 2, 1);
    expect(voices).toBe(0);
    expect(runsOf((await rows())[0]!)[1]).toMatchObject({ state: "failed", audioMs: open[1]!.requestMs! });
    await pass(MINUTE);
    expect((await spent())["judge"]).toBe(judge);
  });

  it("is given back where the queue gave the analysis up, once", async () => {
    spokenCalls();
    await engines({ whisper: "openai" }, { whisper: () => new Response("", { status: 503 }) });
    await report();
    expect((await spent())["whisper"]).toBeGreaterThan(0);
    const [row] = await rows();
    vi.setSystemTime(NOON + 2 * MINUTE);
    const message = { organizationId: row!.organizationId, callId: row!.callId, analysisId: row!.id };
    await line.deliver(deadLetterOf(QUEUES.analysis), [message, message]);
    expect(runsOf((await rows())[0]!)[0]).toMatchObject({ state: "failed", micros: 0 });
    expect(await spent()).toEqual({ whisper: 0 });
  });

  it.each([
    ["the links of a question that was not taken are dead", 361 * MINUTE, async () => {}],
    ["an engine has no key any more", 2 * MINUTE, () => db.update(schema.engines).set({ credentials: null })],
  ] as const)("is given back where %s", async (_, later, change) => {
    await engines({ voices: "http" }, { voices: () => new Response("", { status: 503 }) });
    await report();
    expect((await spent())["voices"]).toBeGreaterThan(0);
    await change();
    await pass(later);
    expect(runsOf((await rows())[0]!)[0]).toMatchObject({ state: "failed", micros: 0 });
    expect(await spent()).toEqual({ voices: 0 });
  });

  it.each([
    ["never answered in time", 8, true],
    ["was down each time", 0, false],
    ["answered too late once, and was down from then on", 1, true],
  ] as const)("of a server that %s is given back only where it took nothing", async (_, hangs, isCounted) => {
    const { setTimeout: wait } = globalThis;
    const quick = (work: () => void, after?: number) => wait(work, after === MINUTE ? 0 : after);
    vi.spyOn(globalThis, "setTimeout").mockImplementation(quick as typeof setTimeout);
    await engines({ voices: "http" }, {});
    const down = new Error("the connection is gone");
    line.transcriber = async () => {
      asked.push("voices");
      if (asked.length > hangs) return new Response("", { status: 503 });
      await new Promise<void>((done) => void wait(done, 20));
      throw down;
    };
    await report();
    const before = await spent();
    expect(before["voices"]).toBeGreaterThan(0);
    for (const after of WAITS) await pass(after + MINUTE);
    expect(asked).toHaveLength(WAITS.length + 1);
    expect(runsOf((await rows())[0]!)[0]?.state).toBe("failed");
    expect(await spent()).toEqual(isCounted ? before : { voices: 0 });
  });

  it("is given back where the engine was deleted meanwhile", async () => {
    spokenCalls();
    await engines({ whisper: "openai" }, { whisper: () => new Response("", { status: 503 }) });
    await report();
    await db.delete(schema.engines).where(eq(schema.engines.organizationId, organization.id));
    await pass(2 * MINUTE);
    expect(snapshotAnalysis((await rows())[0]!).engines[1]?.reason).toMatch(/^unknown_engine: /);
    expect(await spent()).toEqual({ whisper: 0 });
  });
});
