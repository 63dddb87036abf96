import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createEngine,
  MICROS,
  monthNumber,
  readSpend,
  scoreSetsOf,
  setSpendCap,
  SIGNATURE,
  snapshotAnalysis,
} from "../../src/analysis";
import { signBody } from "../../src/analysis/scores/http/contract";
import { app } from "../../src/app";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const KEY = "key-of-the-engine";

/** One request that an engine of this test got. */
type Got = { url: string; key: string | null; body: string };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
let got: Got[];
/** While true no write of several statements is made: what a crash leaves is what was written before. */
let isCrashed: boolean;
let hasCrashed: boolean;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  [got, isCrashed, hasCrashed] = [[], false, false];
  const DB = new Proxy(env.DB, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === "batch")
        return (statements: D1PreparedStatement[]) =>
          isCrashed ? Promise.reject(new Error("the process is gone")) : target.batch(statements);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  line = newPipeline({ DB });
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function engines(given: Record<string, "http" | "llm" | "openai" | "deepgram">, settings: CampaignOptions = {}) {
  for (const [name, kind] of Object.entries(given)) {
    const input = {
      name,
      kind,
      url: `https://transcribe.test/${name}`,
      model: null,
      microsPerMinute: MICROS,
      key: KEY,
    };
    expect((await createEngine(depsOf(line.env), organization.id, input, ACT_AT_NOON)).ok).toBe(true);
  }
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  const asked = { settings: { engines: Object.keys(given), ...settings } };
  expect((await updateCampaign({ db }, target, asked, ACT_AT_NOON)).ok).toBe(true);
}

/** A call comes in. `answers`: what the engine of a name answers. */
async function report(answers: Record<string, (got: Got) => Response | Promise<Response>>) {
  line.transcriber = async (request) => {
    const one = { url: request.url, key: request.headers.get("idempotency-key"), body: await request.text() };
    got.push(one);
    const name = new URL(request.url).pathname.split("/")[1] ?? "";
    return answers[name]!(one);
  };
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice({}), headers)).status).toBe(200);
  await line.run();
}

/** The process comes back after the lease of the lost claim, and every message comes twice. */
async function comesBack(): Promise<void> {
  isCrashed = false;
  vi.setSystemTime(Date.now() + 17 * MINUTE);
  for (let round = 0; round < 3; round += 1) {
    await line.cron();
    line.sent.push(...line.sent);
    await line.run();
    vi.setSystemTime(Date.now() + MINUTE);
  }
}

async function analysis() {
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return row!;
}

const of = (name: string) => got.filter(({ url }) => url.includes(`/${name}`));

/** What is in a form between its boundaries, which are others each time. */
const wavOf = (body: string) => body.replaceAll(body.split("\r\n")[0] ?? "", "");

const spoken = (text: string) => {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
};
const said = (answer: object) => Response.json({ choices: [{ message: { content: JSON.stringify(answer) } }] });
const SCORES = { channels: [{ channel: 0, scores: [{ name: "Engaged", value: 4, min: 1, max: 5 }] }] };

/** An answer after which nothing more is written, the first time that it is given. */
const lastWords = (answer: Response) => {
  isCrashed = !hasCrashed;
  hasCrashed = true;
  return answer;
};

describe("a server that is handed recordings", () => {
  const accepted = () => new Response(null, { status: 202 });
  const send = async (url: string) => {
    const body = JSON.stringify(SCORES);
    const headers = { [SIGNATURE]: await signBody(KEY, body, Date.now()) };
    const request = new Request(url, { method: "POST", body, headers });
    return (await app.fetch(request, line.env, createExecutionContext())).status;
  };
  const answerUrl = ({ body }: Got) => (JSON.parse(body) as { answer_url: string }).answer_url;

  it("is sent the same under the same key, where the process was gone before that it was asked was written", async () => {
    await engines({ voices: "http" });
    await report({ voices: () => lastWords(accepted()) });
    await comesBack();
    expect(got).toHaveLength(2);
    expect(got[0]!.key).toMatch(/^[0-9a-z]{26}$/);
    expect(got[1]).toEqual(got[0]);
    // What follows is one question to us too.
    await comesBack();
    expect(got).toHaveLength(2);
    expect(await send(answerUrl(got[0]!))).toBe(202);
    await comesBack();
    expect(snapshotAnalysis(await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
    expect(got).toHaveLength(2);
    expect(await readSpend(db, organization.id, monthNumber(NOON))).toHaveLength(1);
  });

  it("is not asked again at all where its answer came before the process did", async () => {
    await engines({ voices: "http" });
    await report({ voices: () => lastWords(accepted()) });
    isCrashed = false;
    expect(await send(answerUrl(got[0]!))).toBe(202);
    await comesBack();
    expect(got).toHaveLength(1);
    expect(snapshotAnalysis(await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
    const spent = await readSpend(db, organization.id, monthNumber(NOON));
    expect(spent).toMatchObject([{ engine: "voices" }]);
    expect(spent[0]!.micros).toBeGreaterThan(0);
  });

  it("is asked under the same key where it was down, and under another where it is meant anew", async () => {
    await engines({ voices: "http", others: "http" });
    let isDown = true;
    const answer = () => (isDown ? new Response("gone", { status: 503 }) : Response.json(SCORES));
    await report({ voices: answer, others: answer });
    isDown = false;
    await comesBack();
    expect(of("voices")).toHaveLength(2);
    expect(of("voices")[1]).toEqual(of("voices")[0]);
    expect(new Set(got.map(({ key }) => key)).size).toBe(2);
  });

  it("is asked again what it may have taken, also where the limit for the month is reached meanwhile", async () => {
    await engines({ voices: "http" });
    let isDown = true;
    await report({ voices: () => (isDown ? new Response("gone", { status: 503 }) : Response.json(SCORES)) });
    await setSpendCap({ db }, organization.id, 0, ACT_AT_NOON);
    isDown = false;
    await comesBack();
    expect(got).toHaveLength(2);
    expect(snapshotAnalysis(await analysis()).scores?.[0]).toEqual({ Engaged: 4 });
    expect((await readSpend(db, organization.id, monthNumber(NOON)))[0]?.micros).toBeGreaterThan(0);
  });

  it("stays counted where the analysis is given up after a crash, because it may have been taken", async () => {
    await engines({ voices: "http" });
    await report({ voices: () => lastWords(accepted()) });
    isCrashed = false;
    const before = await readSpend(db, organization.id, monthNumber(NOON));
    expect(before[0]!.micros).toBeGreaterThan(0);
    vi.setSystemTime(NOON + 25 * 60 * MINUTE);
    await line.cron();
    expect(snapshotAnalysis(await analysis()).engines[1]?.state).toBe("failed");
    expect(await readSpend(db, organization.id, monthNumber(NOON))).toEqual(before);
  });

  it("is asked no more once its links are dead", async () => {
    await engines({ voices: "http" });
    await report({ voices: () => lastWords(accepted()) });
    vi.setSystemTime(NOON + 360 * MINUTE);
    await comesBack();
    expect(got).toHaveLength(1);
    expect(snapshotAnalysis(await analysis()).engines[1]).toMatchObject({
      state: "failed",
      reason: "timeout: no answer within 6 hours",
    });
  });
});

describe("a language model", () => {
  it("is not asked again what it answered before a crash", async () => {
    await engines({ whisper: "openai", judge: "llm" }, { sumUp: true });
    await report({
      whisper: () => spoken("please cancel my policy"),
      judge: ({ body }) =>
        body.includes("was about")
          ? lastWords(said({ summary: [], topics: [], sentiments: [] }))
          : said({ scores: [] }),
    });
    const before = [...got];
    expect(of("judge")).toHaveLength(2);
    await comesBack();
    expect(got).toEqual(before);
    expect(scoreSetsOf(await analysis())).toMatchObject([
      { engine: "judge", about: { reason: expect.stringMatching(/^no_evidence/) } },
    ]);
    const [judge, whisper] = await readSpend(db, organization.id, monthNumber(NOON));
    expect([judge?.engine, whisper?.engine]).toEqual(["judge", "whisper"]);
    expect(judge!.micros).toBeGreaterThan(0);
  });

  it("is asked alone what it has not answered, where it is busy with the second question", async () => {
    await engines({ whisper: "openai", judge: "llm" }, { sumUp: true });
    let isBusy = true;
    await report({
      whisper: () => spoken("please cancel my policy"),
      judge: ({ body }) => {
        if (!body.includes("was about")) return said({ scores: [] });
        return isBusy ? new Response("busy", { status: 429 }) : said({ summary: [], topics: [], sentiments: [] });
      },
    });
    expect((await analysis()).state).toBe("pending");
    isBusy = false;
    await comesBack();
    const questions = of("judge").map(({ body }) => body.includes("was about"));
    expect(questions).toEqual([false, true, true]);
    expect(of("judge")[2]).toEqual(of("judge")[1]);
    expect((await analysis()).state).toBe("completed");
  });

  it("is asked the rest that was counted with the first, also where the limit is reached meanwhile", async () => {
    await engines({ whisper: "openai", judge: "llm" }, { sumUp: true });
    let isBusy = true;
    const summed = () =>
      isBusy ? new Response("busy", { status: 429 }) : said({ summary: [], topics: [], sentiments: [] });
    await report({
      whisper: () => spoken("please cancel my policy"),
      judge: ({ body }) => (body.includes("was about") ? summed() : said({ scores: [] })),
    });
    expect((await analysis()).state).toBe("pending");
    const before = await readSpend(db, organization.id, monthNumber(NOON));
    await setSpendCap({ db }, organization.id, 0, ACT_AT_NOON);
    isBusy = false;
    await comesBack();
    expect(of("judge")).toHaveLength(3);
    expect((await analysis()).state).toBe("completed");
    expect(scoreSetsOf(await analysis())).toMatchObject([
      { engine: "judge", about: { reason: expect.stringMatching(/^no_evidence/) } },
    ]);
    expect(before.map(({ engine }) => engine)).toEqual(["judge", "whisper"]);
    expect(await readSpend(db, organization.id, monthNumber(NOON))).toEqual(before);
  });

  it("is asked anew, under another key, where somebody asks it again", async () => {
    await engines({ whisper: "openai", judge: "llm" });
    await report({ whisper: () => spoken("please cancel my policy"), judge: () => said({ scores: [] }) });
    const { callId } = await analysis();
    const request = new Request(`https://trunkline.test/v1/calls/${callId}/transcript`, {
      method: "POST",
      headers: { "x-api-key": organization.key, "content-type": "application/json" },
      body: JSON.stringify({ engine: "judge" }),
    });
    const answer = await app.fetch(request, line.env, createExecutionContext());
    expect([answer.status, await answer.text()]).toEqual([202, expect.anything()]);
    await line.run();
    expect(of("judge")).toHaveLength(2);
    expect(of("judge")[1]!.body).toBe(of("judge")[0]!.body);
    expect(of("judge")[1]!.key).not.toBe(of("judge")[0]!.key);
  });
});

describe("an engine of words", () => {
  it.each(["openai", "deepgram"] as const)(
    "of the kind %s is not sent again what it heard before a crash",
    async (kind) => {
      const heard = () =>
        kind === "openai"
          ? spoken("one two")
          : Response.json({ results: { channels: [{ alternatives: [{ transcript: "", words: [] }] }] } });
      await engines({ ears: kind, voices: "http" });
      await report({ ears: heard, voices: () => lastWords(Response.json(SCORES)) });
      const before = of("ears");
      expect(before.length).toBeGreaterThan(2);
      expect(new Set(before.map(({ key }) => key)).size).toBe(before.length);
      await comesBack();
      expect(of("ears")).toEqual(before);
      expect((await analysis()).state).toBe("completed");
      const spent = await readSpend(db, organization.id, monthNumber(NOON));
      expect(spent.map(({ engine }) => engine)).toEqual(["ears", "voices"]);
      // One minute costs a dollar: a piece that was counted twice would show.
      const row = await analysis();
      const run = (row.engines as { engine: string; micros: number }[]).find(({ engine }) => engine === "ears");
      expect(spent[0]!.micros).toBe(run!.micros);
    },
  );

  it.each([409, 425])("that answers %d is at work on it still, and is asked the same later", async (status) => {
    await engines({ ears: "openai" });
    let sent = 0;
    await report({ ears: () => ((sent += 1) === 1 ? new Response("at work", { status }) : spoken("one two")) });
    const [first] = of("ears");
    await comesBack();
    const again = of("ears").filter(({ key }) => key === first!.key);
    expect(again).toHaveLength(2);
    expect(new Set(of("ears").map(({ key }) => key)).size).toBe(of("ears").length - 1);
    expect(JSON.stringify((await analysis()).engines)).not.toContain("bad_request");
  });

  it("is not sent under another key what it does not take", async () => {
    await engines({ ears: "openai" });
    let sent = 0;
    await report({ ears: () => ((sent += 1) === 1 ? new Response("no", { status: 400 }) : spoken("one two")) });
    expect((await analysis()).state).toBe("completed");
    const [first, ...others] = of("ears").map(({ body }) => wavOf(body));
    expect(others).not.toContain(first);
  });

  it("is asked under another key where the language is another by then", async () => {
    await engines({ ears: "openai" }, { language: "es" });
    let isDown = true;
    await report({ ears: () => (isDown ? new Response("gone", { status: 503 }) : spoken("one two")) });
    const first = of("ears").map(({ key }) => key);
    isDown = false;
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
    await updateCampaign({ db }, target, { settings: { language: "en" } }, ACT_AT_NOON);
    await comesBack();
    const again = of("ears").slice(first.length);
    expect(again.length).toBeGreaterThan(0);
    for (const { key } of again) expect(first).not.toContain(key);
  });

  it("is sent what a crash came into the middle of under the same keys", async () => {
    await engines({ ears: "openai" });
    let sent = 0;
    await report({
      ears: () => ((sent += 1) === 2 ? lastWords(new Response("gone", { status: 503 })) : spoken("one two")),
    });
    const first = of("ears").map(({ key }) => key);
    await comesBack();
    const again = of("ears").slice(first.length);
    expect(again.map(({ key }) => key)).toContain(first[1]);
    expect((await analysis()).state).toBe("completed");
  });
});
