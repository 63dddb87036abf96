import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aboutCalls, maskQuotes, scoreSetsOf, withoutWords } from "../../src/analysis";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { jobDeps } from "../../src/jobs";
import { findCalls, indexCalls } from "../../src/search";
import { ACT_AT_NOON, mintCampaign, mintEngine, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const HEARD = "please cancel my policy";

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
let questions: string[];
let about: (question: string) => unknown;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  questions = [];
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  line.transcriber = () => {
    const words = HEARD.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
    return Response.json({ task: "transcribe", language: "english", duration: 2, text: HEARD, words });
  };
  about = (question) => {
    const at = beginsAt(question);
    return {
      summary: [
        { sentence: "The customer cancels.", quote: "cancel my policy", at_seconds: at + 0.2 },
        { sentence: "They asked about giraffes too.", quote: "please cancel", at_seconds: at },
        { sentence: "They were promised money.", quote: "promised money", at_seconds: at },
      ],
      topics: [{ name: "cancellation", quote: "cancel my policy", at_seconds: at + 0.2 }],
      sentiments: [
        {
          channel: 1,
          value: "negative",
          explanation: "They leave.",
          quote: "cancel my policy",
          at_seconds: beginsAt(question, 1),
        },
      ],
    };
  };
  line.hosts.set("llm.test", async (request) => {
    const { messages } = await request.json<{ messages: { content: string }[] }>();
    const question = messages.map(({ content }) => content).join("\n");
    questions.push(question);
    const content = question.includes("what a telephone call was about") ? about(question) : { scores: [] };
    return Response.json({ choices: [{ message: { content: JSON.stringify(content) } }] });
  });
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
  const settings = { url: "https://llm.test", model: null, microsPerMinute: 60_000 };
  await mintEngine(db, organization.id, { name: "llm", kind: "llm", settings });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** When somebody says it, as the question tells. */
function beginsAt(question: string, channel = 0): number {
  const said = new RegExp(`"channel":${channel},"speaker":"\\w+","at_seconds":([\\d.]+),"said":"please cancel`);
  return Number(said.exec(question)?.[1] ?? 0);
}

async function report(settings: object = {}): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings: { engines: ["local", "llm"], ...settings } }, ACT_AT_NOON);
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice({}), headers)).status).toBe(200);
  await line.run();
}

async function analysis() {
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return row!;
}

describe("a call that is summed up", () => {
  it("has summary, topics and sentiment with its scores, in events and as Voqo's call_summary", async () => {
    await report({ sumUp: true, topics: ["cancellation", "claim"] });
    const [set] = scoreSetsOf(await analysis());
    expect(set).toMatchObject({
      engine: "llm",
      version: "gpt-4o-mini",
      about: {
        reason: null,
        statements: [
          { text: "The customer cancels.", quote: { text: "cancel my policy" } },
          { text: "They asked about giraffes too.", quote: { text: "please cancel" } },
        ],
        topics: [{ name: "cancellation", quote: { text: "cancel my policy" } }],
        sentiments: [{ channel: 0 }, { channel: 1, value: "negative", quote: { text: "cancel my policy" } }],
      },
    });
    expect(questions).toHaveLength(2);
    const rows = await db.select().from(schema.events).where(eq(schema.events.organizationId, organization.id));
    const processed = rows.find(({ type }) => type === "call.processed");
    expect(JSON.parse(processed!.data)).toMatchObject({
      analyses: [{ score_sets: [{ about: { summary: "The customer cancels. They asked about giraffes too." } }] }],
    });
  });

  it("is not where its campaign does not ask for it, and costs nothing more", async () => {
    await report();
    expect(questions).toHaveLength(1);
    expect(scoreSetsOf(await analysis())[0]?.about).toBeUndefined();
    const spent = async () => {
      const found = await db
        .select()
        .from(schema.engineSpend)
        .where(eq(schema.engineSpend.organizationId, organization.id));
      return found.find(({ engine }) => engine === "llm")?.micros ?? 0;
    };
    const once = await spent();
    const other = await mintOrganization(db);
    const settings = { url: "https://llm.test", model: null, microsPerMinute: 60_000 };
    await mintEngine(db, other.id, { name: "llm", kind: "llm", settings });
    [organization, campaignId] = [other, (await mintCampaign(db, other.id)).id];
    await report({ sumUp: true });
    expect(await spent()).toBe(2 * once);
  });

  it("keeps its scores where the other question fails, and says why", async () => {
    about = () => ({ summary: 7 });
    await report({ sumUp: true });
    const row = await analysis();
    expect(row.state).toBe("completed");
    expect(scoreSetsOf(row)[0]?.about).toMatchObject({
      statements: [],
      reason: expect.stringContaining("bad_answer: twice"),
    });
  });

  it("is found by words of its summary and by its topics", async () => {
    await report({ sumUp: true });
    const { callId } = await analysis();
    const { index } = jobDeps({ ...line.env });
    const call = await db.select().from(schema.calls).where(eq(schema.calls.id, callId)).get();
    await indexCalls({ ...index, search: env.SEARCH } as never, [{ callId, call: call!, stamp: NOON }]);
    const ids = async (filter: object) => {
      const within = { organizationId: organization.id, reach: FULL_REACH };
      const found = await findCalls({ db, search: env.SEARCH }, { ...within, filter, limit: 10 });
      return found.ok ? found.value.calls.map(({ id }) => id) : found.error;
    };
    expect(await ids({ text: "giraffes" })).toEqual([callId]);
    expect(await ids({ topic: "Cancellation" })).toEqual([callId]);
    expect(await ids({ topic: "claim" })).toEqual([]);
  });

  it("is on its page and in the file of calls, for those who may read analyses", async () => {
    await report({ sumUp: true });
    const { callId } = await analysis();
    const { text } = await visit(organization).page(`/dashboard/calls/${callId}`);
    expect(text).toContain("They asked about giraffes too.");
    expect(text).toContain("/dashboard/calls?topic=cancellation");
    expect(text).not.toContain("promised money");
    const file = async (role: "admin" | "reviewer") =>
      (await visit(organization, { role }).ask("/dashboard/calls.csv")).text();
    expect((await file("admin")).split("\r\n")[1]).toMatch(
      /,cancellation,The customer cancels\. They asked about giraffes too\.(,|$)/,
    );
    const foreign = await mintOrganization(db);
    expect(await aboutCalls(db, foreign.id, [callId])).toEqual(new Map());
  });

  it("is masked with the rest of the call where its campaign redacts later", async () => {
    about = (question) => ({
      summary: [
        { sentence: "The card is 4111 1111 1111 1111.", quote: "please cancel", at_seconds: beginsAt(question) },
      ],
      topics: [],
      sentiments: [],
    });
    await report({ sumUp: true });
    const sets = scoreSetsOf(await analysis());
    expect(JSON.stringify(sets)).toContain("4111");
    expect(JSON.stringify(maskQuotes(sets, ["card_number"]))).not.toContain("4111");
  });

  it("loses its summary and quotes with the words of the call, and keeps topics and sentiment", async () => {
    await report({ sumUp: true });
    const row = await analysis();
    const { set } = await withoutWords(env.BUCKET, row);
    const [left] = scoreSetsOf({ scores: set.scores ?? null });
    expect(JSON.stringify(set.scores)).not.toMatch(/giraffes|policy|They leave/);
    expect(left?.about).toMatchObject({ statements: [], topics: [{ name: "cancellation" }] });
    expect(left?.about?.sentiments[1]).toEqual({ channel: 1, value: "negative" });
  });
});
