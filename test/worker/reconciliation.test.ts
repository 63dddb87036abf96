import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callIdOf } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/lib/time";
import { sealCredentials, sealSecrets } from "../../src/sources/config/secrets";
import { mintCampaign, mintOrganization, mintSource, NOON, TEST_MASTER_KEYS } from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";

const db = openDatabase(env.DB);

const ACCOUNT = `AC${"1".repeat(32)}`;
const TOKEN = "t0ken-of-an-account-that-is-not-there";
const BASIC = `Basic ${btoa(`${ACCOUNT}:${TOKEN}`)}`;

type TwilioCall = { sid: string; startedAt: number; recorded?: boolean; padding?: string; nameless?: boolean };
type Asked = { url: URL; authorization: string | null };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;
let asked: Asked[];
/** What Twilio has. Based on: Twilio's API reference 2010-04-01, the resources Calls and Recordings. */
let calls: TwilioCall[];
/** Answers in place of Twilio, where it gives one. */
let instead: (asked: Asked) => Response | undefined | Promise<Response | undefined>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline();
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
  asked = [];
  calls = [];
  instead = () => undefined;
  vi.mocked(fetch).mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const one = { url: new URL(request.url), authorization: request.headers.get("authorization") };
    asked.push(one);
    return (await instead(one)) ?? twilio(one);
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  // The cron works for everybody: what one test leaves would be asked for in the next.
  await db.delete(schema.sources);
  await db.delete(schema.reconciliations);
  await db.delete(schema.callLookups);
});

function twilio({ url }: Asked): Response {
  const { pathname: path } = url;
  if (url.host !== "api.twilio.com") return new Response("no such host", { status: 404 });
  if (path === `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`) return Response.json({ calls: calls.map(entryOf) });
  if (path === `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`) {
    return Response.json({ recordings: calls.filter(({ recorded }) => recorded).map(recordingOf) });
  }
  const one = calls.find(({ sid }) => path === `/2010-04-01/Accounts/${ACCOUNT}/Calls/${sid}.json`);
  if (one) return Response.json(entryOf(one));
  if (path.includes("/Recordings/RE")) {
    return new Response(sineWav(2), { headers: { "content-type": "audio/wav" } });
  }
  return new Response("{}", { status: 404 });
}

function entryOf({ sid, startedAt, padding }: TwilioCall) {
  return {
    sid,
    account_sid: ACCOUNT,
    status: "completed",
    direction: "inbound",
    from: "+14155550100",
    to: "+14155550101",
    start_time: new Date(startedAt).toUTCString(),
    end_time: new Date(startedAt + MINUTE).toUTCString(),
    duration: "60",
    ...(padding !== undefined && { padding }),
  };
}

function recordingOf({ sid }: TwilioCall) {
  const recording = sid.replace("CA", "RE");
  const uri = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${recording}.json`;
  return { sid: recording, account_sid: ACCOUNT, call_sid: sid, status: "completed", uri };
}

const sidOf = (number: number) => `CA${String(number).padStart(32, "0")}`;

async function newSource(changes: Parameters<typeof mintSource>[2] = {}) {
  const source = await mintSource(db, organization.id, { kind: "twilio", campaignId, ...changes });
  const credentials =
    changes.credentials === undefined
      ? await sealCredentials(TEST_MASTER_KEYS, source.id, { account_sid: ACCOUNT, auth_token: TOKEN })
      : changes.credentials;
  const secrets = await sealSecrets(TEST_MASTER_KEYS, source.id, [TOKEN]);
  await db.update(schema.sources).set({ credentials, secrets }).where(eq(schema.sources.id, source.id));
  return source;
}

/** A callback as Twilio signs it. */
async function callback(sourceId: string, fields: Record<string, string>): Promise<number> {
  const path = `/webhook/twilio/${sourceId}`;
  const text = `https://trunkline.test${path}${Object.keys(fields)
    .toSorted()
    .map((name) => name + fields[name])
    .join("")}`;
  const bytes = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", bytes(TOKEN), { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)));
  const response = await line.post(path, new URLSearchParams(fields).toString(), {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": btoa(String.fromCharCode(...signature)),
  });
  return response.status;
}

const completed = (sid: string) => ({
  CallSid: sid,
  AccountSid: ACCOUNT,
  CallStatus: "completed",
  Direction: "inbound",
  From: "+14155550100",
  To: "+14155550101",
  CallDuration: "60",
  Timestamp: new Date(NOON - HOUR + MINUTE).toUTCString(),
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function turn(): Promise<void> {
  await line.cron();
  await line.run();
}

const comparisons = (sourceId: string) =>
  db
    .select()
    .from(schema.reconciliations)
    .where(eq(schema.reconciliations.sourceId, sourceId))
    .orderBy(asc(schema.reconciliations.id));

async function callOf(sourceId: string, externalId: string) {
  const id = await callIdOf({ organizationId: organization.id, sourceId, externalId });
  const [row] = await db.select().from(schema.calls).where(eq(schema.calls.id, id));
  return row;
}

async function storyOf(callId: string): Promise<string[]> {
  const { events } = schema;
  const rows = await db.select().from(events).where(eq(events.stream, callId)).orderBy(asc(events.seq));
  return rows.map(({ type }) => type);
}

async function lossOf(sourceId: string) {
  const response = await line.env.DB.prepare("SELECT 1").first();
  expect(response).not.toBeNull();
  const { app } = await import("../../src/app");
  const answer = await app.request(
    `https://trunkline.test/v1/sources/${sourceId}/reconciliations`,
    { headers: { "x-api-key": organization.key } },
    line.env,
  );
  const { totals } = await answer.json<{ totals: { listed: number; missing: number; loss_rate: number | null } }>();
  return totals;
}

describe("a comparison with Twilio's list, by the clock", () => {
  it("imports a missing call once, with its recording, and reports the loss", async () => {
    const source = await newSource();
    calls = [
      { sid: sidOf(1), startedAt: NOON - HOUR, recorded: true },
      { sid: sidOf(2), startedAt: NOON - HOUR },
    ];
    expect(await callback(source.id, completed(sidOf(2)))).toBeLessThan(300);
    await line.run();
    await turn();

    const missing = await callOf(source.id, sidOf(1));
    expect(missing).toMatchObject({ state: "completed", campaignId, fromRaw: "+14155550100", quarantine: null });
    expect((await storyOf(missing!.id)).filter((type) => type !== "analysis.created")).toEqual(
      expect.arrayContaining(["call.completed", "recording.completed", "task.created"]),
    );
    const audio = asked.filter(({ url }) => url.pathname.includes("/Recordings/RE"));
    expect(audio.map(({ authorization }) => authorization)).toEqual([BASIC]);
    expect(await comparisons(source.id)).toMatchObject([{ state: "completed", listed: 2, missing: 1 }]);

    // What arrives late is the same call, and what is compared again was counted before.
    const before = await storyOf(missing!.id);
    expect(await callback(source.id, completed(sidOf(1)))).toBeLessThan(300);
    await line.run();
    calls.push({ sid: sidOf(3), startedAt: NOON - 10 * MINUTE }, { sid: sidOf(4), startedAt: NOON - 9 * MINUTE });
    expect(await callback(source.id, completed(sidOf(3)))).toBeLessThan(300);
    await line.run();
    later(HOUR);
    await turn();
    later(MINUTE);
    await turn();

    const after = await storyOf(missing!.id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).filter((type) => type !== "call.updated")).toEqual([]);
    for (const type of ["call.completed", "call.processed", "task.created", "recording.completed"]) {
      expect(after.filter((one) => one === type)).toHaveLength(1);
    }
    expect(await comparisons(source.id)).toMatchObject([
      { state: "completed", listed: 2, missing: 1 },
      { state: "completed", listed: 2, missing: 1 },
    ]);
    expect(await lossOf(source.id)).toMatchObject({ listed: 4, missing: 2, loss_rate: 0.5 });
    expect(await callOf(source.id, sidOf(4))).toMatchObject({ state: "completed" });
  });

  it("is opened once where two turns of the clock meet", async () => {
    const source = await newSource();
    await Promise.all([line.cron(), line.cron(), line.cron()]);
    expect(await comparisons(source.id)).toHaveLength(1);
  });

  it("counts and sends a call once that a page names twice", async () => {
    const source = await newSource();
    const call = { sid: sidOf(1), startedAt: NOON - HOUR };
    calls = [call, call];
    await line.cron();
    expect(line.sent.filter(({ queue }) => queue === QUEUES.ingest)).toHaveLength(1);
    expect(await comparisons(source.id)).toMatchObject([{ listed: 1, missing: 1 }]);
  });

  it("ends where the platform gives the same page for ever", async () => {
    const source = await newSource();
    instead = ({ url }) =>
      url.pathname.endsWith("/Calls.json")
        ? (later(SECOND), Response.json({ calls: [], next_page_uri: "/2010-04-01/Accounts/again/Calls.json" }))
        : undefined;
    await line.cron();
    expect(await comparisons(source.id)).toMatchObject([{ state: "failed" }]);
  });

  it("ends some day where the platform always has another page, with nothing on it", async () => {
    const source = await newSource();
    let page = 0;
    instead = ({ url }) =>
      url.pathname.endsWith("/Calls.json")
        ? (later(HOUR), Response.json({ calls: [], next_page_uri: `/2010-04-01/Accounts/${(page += 1)}/Calls.json` }))
        : undefined;
    for (let turns = 0; turns < 60; turns += 1) await line.cron();
    expect((await comparisons(source.id))[0]).toMatchObject({ state: "failed" });
  });

  it("brings in an entry that is too large for a message", async () => {
    const source = await newSource();
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR, padding: "x".repeat(150_000) }];
    await line.cron();
    const [message] = line.sent.filter(({ queue }) => queue === QUEUES.ingest);
    expect(message?.body).toMatchObject({ body: null, bodyKey: expect.any(String) as string });
    await line.run();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ state: "completed" });
  });

  it("is no obstacle to others where it cannot even be begun, and ends with a reason", async () => {
    const broken = await newSource({ credentials: "sealed with a key that is gone" });
    later(1);
    const source = await newSource();
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR }];
    await line.cron();
    expect(await comparisons(source.id)).toMatchObject([{ state: "completed" }]);
    for (let turns = 0; turns < 10; turns += 1) {
      later(5 * HOUR);
      await line.cron();
    }
    expect((await comparisons(broken.id))[0]).toMatchObject({ state: "failed", reason: expect.any(String) as string });
  });

  it("is not made for a paused source: its calls would be turned away, and would be taken for brought in", async () => {
    const source = await newSource();
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR }];
    await line.cron();
    line.sent.length = 0;
    await db.delete(schema.reconciliations);
    const answer = async () =>
      (
        await line.post(
          `/v1/sources/${source.id}/reconciliations`,
          JSON.stringify({
            from: new Date(NOON - DAY).toISOString(),
            until: new Date(NOON - MINUTE).toISOString(),
          }),
          { "x-api-key": organization.key, "content-type": "application/json" },
        )
      ).status;
    expect(await answer()).toBe(202);
    await db.update(schema.sources).set({ state: "paused" }).where(eq(schema.sources.id, source.id));
    await turn();
    expect(await comparisons(source.id)).toMatchObject([{ state: "failed", missing: 0 }]);
    expect(await answer()).toBe(409);
    await db.update(schema.sources).set({ state: "active" }).where(eq(schema.sources.id, source.id));
    await turn();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ state: "completed" });
  });

  it("ends a call whose beginning arrived and whose end did not, which is none that never reached us", async () => {
    const source = await newSource();
    const began = { ...completed(sidOf(1)), CallStatus: "in-progress", CallDuration: "" };
    expect(await callback(source.id, began)).toBeLessThan(300);
    await line.run();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ state: "in_progress" });
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR, recorded: true }];
    await turn();
    const call = await callOf(source.id, sidOf(1));
    expect(call).toMatchObject({ state: "completed", durationSeconds: 60 });
    const story = await storyOf(call!.id);
    expect(story.filter((type) => type === "call.completed" || type === "recording.completed")).toHaveLength(2);
    expect(await comparisons(source.id)).toMatchObject([{ listed: 1, missing: 0 }]);
  });

  it("imports nothing from before the requested span", async () => {
    const source = await newSource({ settings: { reconcile: false } });
    calls = [
      { sid: sidOf(1), startedAt: NOON - 3 * HOUR },
      { sid: sidOf(2), startedAt: NOON - HOUR },
    ];
    const span = { from: new Date(NOON - 2 * HOUR).toISOString(), until: new Date(NOON - MINUTE).toISOString() };
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const path = `/v1/sources/${source.id}/reconciliations`;
    expect((await line.post(path, JSON.stringify(span), headers)).status).toBe(202);
    await turn();
    expect(await callOf(source.id, sidOf(1))).toBeUndefined();
    expect(await callOf(source.id, sidOf(2))).toMatchObject({ state: "completed" });
    expect(await comparisons(source.id)).toMatchObject([{ listed: 1, missing: 1 }]);
  });

  it("counts nothing twice that a failed one had counted already", async () => {
    const source = await newSource();
    calls = [1, 2, 3].map((number) => ({ sid: sidOf(number), startedAt: NOON - HOUR }));
    for (const { sid } of calls.slice(1)) await callback(source.id, completed(sid));
    await line.run();
    instead = ({ url }) =>
      url.pathname.endsWith("/Calls.json")
        ? Response.json({ calls: calls.map(entryOf), next_page_uri: "/2010-04-01/Accounts/gone/Calls.json" })
        : undefined;
    const whole = instead;
    instead = (one) => (one.url.pathname.includes("/gone/") ? new Response("{}", { status: 400 }) : whole(one));
    await turn();
    expect(await comparisons(source.id)).toMatchObject([{ state: "failed" }]);
    instead = () => undefined;
    later(HOUR);
    await turn();
    expect(await comparisons(source.id)).toMatchObject([{ state: "failed" }, { state: "completed", listed: 3 }]);
    const totals = await lossOf(source.id);
    expect(totals.missing).toBe(1);
    expect(totals.listed).toBeLessThanOrEqual(4);
  });
});

describe("calls whose notices say too little", () => {
  const recordingOnly = (sid: string) => ({
    CallSid: sid,
    AccountSid: ACCOUNT,
    RecordingSid: sid.replace("CA", "RE"),
    RecordingStatus: "completed",
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${sid.replace("CA", "RE")}`,
  });
  const lookUps = () => db.select().from(schema.callLookups);

  it("are looked up once, and the table is empty afterwards", async () => {
    const source = await newSource({ settings: { reconcile: false } });
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR, recorded: true }];
    await callback(source.id, recordingOnly(sidOf(1)));
    await line.run();
    expect(await lookUps()).toHaveLength(1);
    later(MINUTE);
    await turn();
    expect(await lookUps()).toEqual([]);
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ fromRaw: "+14155550100", state: "completed" });
    const askedSoFar = asked.length;
    await callback(source.id, recordingOnly(sidOf(1)));
    await line.run();
    later(HOUR);
    await turn();
    expect(asked.slice(askedSoFar).filter(({ url }) => url.pathname.includes("/Calls/"))).toEqual([]);
  });

  it("hold back no other's, and are given up some day where the credentials cannot be opened", async () => {
    const broken = await newSource({ settings: { reconcile: false } });
    const source = await newSource({ settings: { reconcile: false } });
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR }];
    await callback(broken.id, recordingOnly(sidOf(1)));
    await line.run();
    await callback(source.id, recordingOnly(sidOf(1)));
    await line.run();
    await db.update(schema.sources).set({ credentials: "not ours" }).where(eq(schema.sources.id, broken.id));
    later(MINUTE);
    await turn();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ fromRaw: "+14155550100" });
    for (let turns = 0; turns < 60; turns += 1) {
      later(HOUR);
      await line.cron();
    }
    expect(await lookUps()).toEqual([]);
  });

  it("wait while their source is paused, for it would turn the answer away", async () => {
    const source = await newSource({ settings: { reconcile: false } });
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR }];
    await callback(source.id, recordingOnly(sidOf(1)));
    await line.run();
    const set = (state: "active" | "paused") =>
      db.update(schema.sources).set({ state }).where(eq(schema.sources.id, source.id));
    await set("paused");
    later(MINUTE);
    await turn();
    expect(asked.filter(({ url }) => url.pathname.includes("/Calls/"))).toEqual([]);
    await set("active");
    later(MINUTE);
    await turn();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ fromRaw: "+14155550100" });
    expect(await lookUps()).toEqual([]);
  });

  it("are not asked about again and again by a turn that goes on while the next begins", async () => {
    const source = await newSource({ settings: { reconcile: false } });
    calls = Array.from({ length: 30 }, (_, index) => ({ sid: sidOf(index + 1), startedAt: NOON - HOUR }));
    for (const { sid } of calls) await callback(source.id, recordingOnly(sid));
    await line.run();
    later(MINUTE);
    // Each question takes as long as one may.
    const questions = new Map<string, number>();
    instead = async ({ url }) => {
      if (!url.pathname.includes("/Calls/")) return undefined;
      questions.set(url.pathname, (questions.get(url.pathname) ?? 0) + 1);
      later(29 * SECOND);
      return undefined;
    };
    const turnStarted = Date.now();
    await line.cron();
    expect(Date.now() - turnStarted).toBeLessThan(10 * MINUTE);
    instead = () => undefined;
    for (let turns = 0; turns < 5; turns += 1) {
      later(3 * MINUTE);
      await turn();
    }
    expect(await lookUps()).toEqual([]);
    expect([...questions.values()].every((count) => count === 1)).toBe(true);
  });

  it("are looked up for their recordings too, where a list could not show these", async () => {
    const source = await newSource();
    calls = [{ sid: sidOf(1), startedAt: NOON - HOUR, recorded: true }];
    const endless = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?more=1`;
    instead = ({ url }) =>
      url.pathname.endsWith("/Recordings.json") && !url.searchParams.has("CallSid")
        ? Response.json({ recordings: [], next_page_uri: endless })
        : undefined;
    await turn();
    expect(await callOf(source.id, sidOf(1))).toMatchObject({ state: "completed" });
    later(MINUTE);
    await turn();
    const { recordings } = schema;
    const kept = await db.select().from(recordings).where(eq(recordings.sourceId, source.id));
    expect(kept).toHaveLength(1);
    expect(await lookUps()).toEqual([]);
  });
});
