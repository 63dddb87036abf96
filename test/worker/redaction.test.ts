import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, asc, eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createEngine,
  readOriginal,
  readTranscript,
  runsOf,
  searchedBy,
  textOf,
  transcribedRuns,
} from "../../src/analysis";
import { ROUTE_PERMISSIONS } from "../../src/api/permissions";
import { app } from "../../src/app";
import { snapshotConversation } from "../../src/calls";
import { setDefaultRedaction, updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH, PERMISSIONS } from "../../src/identity";
import { toHex } from "../../src/lib/hmac";
import { MINUTE } from "../../src/lib/time";
import { askEngine } from "../../src/pipeline";
import { redactStored } from "../../src/pipeline/redact-stored";
import { readGate, REDACTION_ENGINE } from "../../src/recordings";
import { keepSearch } from "../../src/search";
import {
  ACT_AT_NOON,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintEvent,
  mintOrganization,
  NOON,
} from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;

const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

async function report(changes: Record<string, unknown> = {}): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(changes), headers)).status).toBe(200);
}

async function analysis() {
  const rows = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

/** What may be heard of the one recording. */
async function gate() {
  const [recording] = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organization.id))
    .orderBy(asc(schema.recordings.id));
  const { id: recordingId, callId, organizationId } = recording!;
  return readGate(db, { recordingId, callId, organizationId });
}

const CARD = "4111 1111 1111 1111";

/** An answer in the form of Whisper's servers: these words, a fifth of a second each. */
function spoken(text: string): Response {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
}

describe("a campaign that redacts", () => {
  it("keeps what was said masked, and mutes the recording", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    let asked = 0;
    line.transcriber = () => spoken((asked += 1) === 1 ? `it is ${CARD} thanks` : "thanks");
    await report();
    await line.run();
    const row = await analysis();
    expect(runsOf(row).map(({ engine, state }) => [engine, state])).toEqual([
      ["local", "completed"],
      ["trunkline-redaction", "completed"],
    ]);
    const [{ run }] = transcribedRuns([row]) as [ReturnType<typeof transcribedRuns>[number]];
    const masked = await readTranscript(bucket, run);
    expect(masked?.segments.map(textOf)[0]).toContain("[card number]");
    expect(JSON.stringify(masked)).not.toContain("4111");
    expect(JSON.stringify(row)).not.toContain("4111");
    expect(JSON.stringify(await readOriginal(bucket, run))).toContain("4111");
    const open = await gate();
    expect(open).toMatchObject({ kind: "muted", file: { mediaType: "audio/wav" } });
  });

  it("hands out nothing of a recording that nobody transcribed", async () => {
    await configure({ redact: ["card_number"] });
    await report();
    await line.run();
    expect(await gate()).toEqual({ kind: "held", why: "not_transcribed" });
  });

  it("serves a recording in which nothing is found as it came", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    line.transcriber = async () => spoken("nothing of that kind");
    await report();
    await line.run();
    expect(await gate()).toEqual({ kind: "open" });
  });
});

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Whether these are the same bytes: comparing millions of them one by one takes the matcher a minute. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

describe("without the permission", () => {
  /** Everything but the one permission. */
  const others = Object.keys(PERMISSIONS).filter((one) => one !== "originals:read");
  // As words: four digits alone are in one signature of a thousand.
  const MARK = /\b4111\b|41111111|\b1111 1111\b/;
  const PROFILES = ["standard", "audian", "voqo", "voicesense", "authentivoice"] as const;
  let logged: string[];
  let questions: { body: string; audio: Uint8Array | null }[];
  let key: string;

  const ask = (path: string, init: RequestInit = {}) =>
    app.fetch(new Request(new URL(path, "https://trunkline.test"), init), line.env, createExecutionContext());
  const withKey = (path: string, given = key, init: RequestInit = {}) =>
    ask(path, { ...init, headers: { ...(init.headers as Record<string, string>), "x-api-key": given } });

  async function addEngine(name: string, kind: "llm" | "http"): Promise<void> {
    const input = { name, kind, url: `https://transcribe.test/${name}`, model: "m", microsPerMinute: 0, key: "sk" };
    expect((await createEngine(depsOf(line.env), organization.id, input, ACT_AT_NOON)).ok).toBe(true);
  }

  beforeEach(async () => {
    logged = [];
    questions = [];
    for (const level of ["log", "info", "warn", "error", "debug"] as const)
      vi.spyOn(console, level).mockImplementation(
        (...parts: unknown[]) => void logged.push(parts.map(String).join(" ")),
      );
    key = (await mintApiKey(db, { organizationId: organization.id, scopes: others })).key;
    for (const profile of PROFILES)
      await mintEndpoint(db, organization.id, { profile, url: `https://hooks.test/${profile}`, events: ["*"] });
    await addEngine("judge", "llm");
    await addEngine("listener", "http");
    await configure({ engines: ["listener", "judge", "local"], redact: ["card_number"], sumUp: true });
    let heard = 0;
    line.transcriber = async (request) => {
      if (request.url.includes("/audio/transcriptions"))
        return spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
      const body = await request.text();
      const url = /"audio_url":"([^"]+)"/.exec(body)?.[1];
      const audio = url === undefined ? null : new Uint8Array(await (await ask(url)).arrayBuffer());
      questions.push({ body, audio });
      const at = Number(/at_seconds\\":([\d.]+),\\"said\\":\\"my card/.exec(body)?.[1] ?? 0);
      const summary = [{ sentence: "They pay by card.", quote: "my card is [card number]", at_seconds: at }];
      const answer = body.includes("was about") ? { summary, topics: [], sentiments: [] } : { scores: [] };
      return url === undefined
        ? Response.json({ choices: [{ message: { content: JSON.stringify(answer) } }] })
        : Response.json({ channels: [] });
    };
    await report();
    await line.run();
    for (let minute = 1; minute <= 3; minute += 1) {
      vi.setSystemTime(NOON + minute * MINUTE);
      await line.cron();
      await line.run();
    }
  }, 60_000);

  async function world() {
    const row = await analysis();
    const open = await gate();
    if (open.kind !== "muted") throw new Error(JSON.stringify([open, runsOf(row)]));
    const stored = new Uint8Array(await (await bucket.get(open.file.key))!.arrayBuffer());
    return { row, stored, recordingId: row.recordingId, callId: row.callId };
  }

  it("no read, delivery, engine request, search or log line has the number", async () => {
    const { row, stored, recordingId, callId } = await world();
    const ids: Record<string, string> = { calls: callId, recordings: recordingId, analyses: row.id };
    const reads = [...ROUTE_PERMISSIONS.keys()].filter((name) => name.startsWith("GET "));
    let answered = 0;
    for (const name of reads) {
      if (name === "GET /v1/events/stream") continue;
      const path = name.slice(4).replace(/\/([a-z-]+)\/:\w+/g, (_, of: string) => `/${of}/${ids[of] ?? callId}`);
      const answer = await withKey(path);
      const text = await answer.text();
      expect([name, MARK.test(text)]).toEqual([name, false]);
      if (answer.status === 200) answered += 1;
    }
    expect(answered).toBeGreaterThan(40);
    for (const path of [`/v1/recordings/${recordingId}/original`, `/v1/calls/${callId}/transcript/original`])
      expect([path, (await withKey(path)).status]).toEqual([path, 403]);
    expect(line.hooks.length).toBeGreaterThan(5);
    expect(JSON.stringify(line.hooks)).not.toMatch(MARK);
    const events = await db.select().from(schema.events).where(eq(schema.events.organizationId, organization.id));
    expect(JSON.stringify(events)).not.toMatch(MARK);
    // Both engines were asked, of masked words and of the muted file.
    expect([questions.length, questions.filter(({ audio }) => audio === null).length]).toEqual([3, 2]);
    expect(JSON.stringify(row.scores)).toContain('"quote":{"text":"my card is [card number]"');
    expect(questions.map(({ body }) => body).join("")).not.toMatch(MARK);
    expect(questions.find(({ body }) => body.includes("choices") || body.includes("messages"))?.body).toContain(
      "[card number]",
    );
    const handed = questions.find(({ audio }) => audio !== null)?.audio;
    expect([handed?.length, handed?.every((byte, at) => byte === stored[at])]).toEqual([stored.length, true]);
    await keepSearch(
      { ...depsOf(line.env), isMarked: false, foundBy: (calls) => searchedBy(depsOf(line.env), calls) },
      [callId],
    );
    const found = async (q: string) =>
      (await (await withKey(`/v1/search?q=${encodeURIComponent(q)}`)).json<{ data: unknown[] }>()).data.length;
    expect(await found("thanks")).toBe(1);
    for (const q of ["4111", "1111", '"4111 1111"']) expect([q, await found(q)]).toEqual([q, 0]);
    expect(logged.join("\n")).not.toMatch(MARK);
  });

  it("whatever is said of the recording is said of the file that its link serves", async () => {
    const { stored, recordingId, callId } = await world();
    const one = await (await withKey(`/v1/recordings/${recordingId}`)).json<Record<string, unknown>>();
    const served = await ask(one.audio_url as string);
    const bytes = new Uint8Array(await served.arrayBuffer());
    expect(isSame(bytes, stored)).toBe(true);
    const muted = {
      media_type: served.headers.get("content-type"),
      size_bytes: bytes.length,
      sha256: await sha256Of(bytes),
    };
    expect(one).toMatchObject({ ...muted, media_type: "audio/wav" });
    const { recordings } = await (await withKey(`/v1/calls/${callId}`)).json<{ recordings: unknown[] }>();
    expect(recordings).toEqual([expect.objectContaining(muted)]);
    const listed = await (await withKey("/v1/recordings")).json<{ data: unknown[] }>();
    expect(listed.data).toEqual([expect.objectContaining(muted)]);
    // In every event: nothing before it was known what would be served, and the muted file from then on.
    const events = await db.select().from(schema.events).where(eq(schema.events.organizationId, organization.id));
    const ofType = (type: string): unknown => JSON.parse(events.find((event) => event.type === type)?.data ?? "null");
    const unknown = { state: "completed", media_type: null, size_bytes: null, sha256: null };
    expect(ofType("recording.completed")).toMatchObject({ recording: unknown });
    expect(ofType("call.processed")).toMatchObject({ recordings: [muted] });
    // Who may hear the original is told of the original.
    const whole = await withKey(`/v1/recordings/${recordingId}/original`, organization.key);
    const original = { media_type: "audio/mpeg", size_bytes: CALL.length, sha256: await sha256Of(CALL) };
    expect(await whole.json()).toMatchObject(original);
    expect(JSON.stringify([events, line.hooks])).not.toContain(original.sha256);
  });

  it("AuditorIA's external API gives the masked words of each stretch, to keys that may read them", async () => {
    const { callId } = await world();
    type Task = { result: { segments: { text: string | null }[] } };
    const textsFor = async (given: string) => {
      const { result } = await (await withKey(`/tasks/${callId}`, given)).json<Task>();
      expect(result.segments.length).toBeGreaterThan(0);
      return result.segments.flatMap(({ text }) => text ?? []);
    };
    const texts = (await textsFor(key)).join(" ");
    expect(texts).toContain("my card is [card number]");
    expect(texts).not.toMatch(MARK);
    const { key: wordless } = await mintApiKey(db, { organizationId: organization.id, scopes: ["tasks:read"] });
    expect(await textsFor(wordless)).toEqual([]);
  });

  it("every shape of a request for the audio is answered from the muted file", async () => {
    const { stored, recordingId } = await world();
    const { audio_url: link } = await (await withKey(`/v1/recordings/${recordingId}`)).json<{ audio_url: string }>();
    const [recording] = await db.select().from(schema.recordings).where(eq(schema.recordings.id, recordingId));
    const get = async (headers: Record<string, string>, method = "GET") => {
      const answer = await ask(link, { method, headers });
      return { status: answer.status, headers: answer.headers, bytes: new Uint8Array(await answer.arrayBuffer()) };
    };
    const { length } = stored;
    const parts: [string, number, number][] = [
      ["bytes=0-99", 0, 100],
      ["bytes=1000-1999", 1_000, 2_000],
      [`bytes=${length - 10}-`, length - 10, length],
      ["bytes=-500", length - 500, length],
      [`bytes=40-${length * 2}`, 40, length],
    ];
    for (const [range, from, to] of parts) {
      const part = await get({ range });
      expect([range, part.status]).toEqual([range, 206]);
      expect(isSame(part.bytes, stored.subarray(from, to))).toBe(true);
    }
    const whole = await get({});
    expect(isSame(whole.bytes, stored)).toBe(true);
    const originals = `"${recording?.sha256}"`;
    for (const headers of [
      { range: "bytes=0-1,5-9" },
      { range: "bytes=0-9", "if-range": originals },
      { "if-none-match": originals },
      { range: "lines=1-2" },
    ] as Record<string, string>[])
      expect([headers, isSame((await get(headers)).bytes, stored)]).toEqual([headers, true]);
    expect((await get({ range: `bytes=${length}-` })).status).toBe(416);
    const head = await get({}, "HEAD");
    expect(head.headers.get("content-length")).toBe(String(length));
    expect(head.headers.get("content-type")).toBe("audio/wav");
    // A link to the muted file, bent to the address of the original, opens nothing.
    expect((await ask(link.replace("/audio?", "/original?actor=key_1&"))).status).toBe(403);
  });

  it("with it, the original is heard and read, and the log says by whom", async () => {
    const { recordingId, callId } = await world();
    const answer = await withKey(`/v1/recordings/${recordingId}/original`, organization.key);
    expect(answer.status).toBe(200);
    const { audio_url: link } = await answer.json<{ audio_url: string }>();
    expect(new Uint8Array(await (await ask(link)).arrayBuffer())).toEqual(CALL);
    const part = await ask(link, { headers: { range: "bytes=10-19" } });
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(CALL.slice(10, 20));
    const read = await withKey(`/v1/calls/${callId}/transcript/original`, organization.key);
    expect(await read.text()).toMatch(MARK);
    const acts = await db
      .select({ action: schema.auditLog.action, actor: schema.auditLog.actor })
      .from(schema.auditLog)
      .where(and(eq(schema.auditLog.organizationId, organization.id), sql`action LIKE '%original%'`));
    expect(acts.map(({ action }) => action).toSorted()).toEqual([
      "call.original_read",
      "recording.original_link_issued",
      "recording.original_played",
    ]);
    expect(new Set(acts.map(({ actor }) => actor))).toEqual(new Set([organization.apiKeyId]));
    // A part from the middle is a listening too; more of them in the same minute are the same one.
    vi.setSystemTime(NOON + 5 * MINUTE);
    for (const range of ["bytes=10-19", "bytes=20-29"]) await ask(link, { headers: { range } });
    const isPlaying = and(
      eq(schema.auditLog.organizationId, organization.id),
      eq(schema.auditLog.action, "recording.original_played"),
    );
    const playings = await db.select({ at: schema.auditLog.at }).from(schema.auditLog).where(isPlaying);
    expect(playings.map(({ at }) => at).toSorted((one, other) => one - other)).toEqual([
      NOON + 3 * MINUTE,
      NOON + 5 * MINUTE,
    ]);
    expect((await ask(link.replace(/actor=[^&]+/, "actor=key_other"))).status).toBe(403);
    vi.setSystemTime(NOON + 3 * MINUTE + 61 * MINUTE);
    expect((await ask(link)).status).toBe(403);
  });
});

describe("calls from before a campaign redacted", () => {
  it("are held back at once, and are redacted when the step is asked for", async () => {
    await configure({ engines: ["local"] });
    let heard = 0;
    line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
    await report();
    await line.run();
    expect(await gate()).toEqual({ kind: "open" });
    await configure({ redact: ["card_number"] });
    expect(await gate()).toEqual({ kind: "held", why: "not_redacted" });
    const before = await analysis();
    const target = { organizationId: organization.id, reach: FULL_REACH, callId: before.callId };
    const asked = await askEngine(depsOf(line.env), target, { engine: REDACTION_ENGINE }, ACT_AT_NOON);
    expect(asked).toEqual({ ok: true, value: [before.id] });
    expect(await gate()).toEqual({ kind: "held", why: "being_redacted" });
    await line.run();
    expect((await gate()).kind).toBe("muted");
    const row = await analysis();
    const [{ run }] = transcribedRuns([row]) as [ReturnType<typeof transcribedRuns>[number]];
    expect(JSON.stringify(await readTranscript(bucket, run))).not.toContain("4111");
    // The setting is taken away: what was muted stays so.
    await configure({ redact: [] });
    expect((await gate()).kind).toBe("muted");
  });

  it("stay masked in what hears them anew where their campaign redacts no more", async () => {
    await configure({ engines: ["local"], redact: ["card_number"] });
    let heard = 0;
    line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
    await report();
    await line.run();
    const before = await analysis();
    heard = 0;
    await configure({ redact: [] });
    vi.setSystemTime(NOON + MINUTE);
    const target = { organizationId: organization.id, reach: FULL_REACH, callId: before.callId };
    const act = { ...ACT_AT_NOON, now: NOON + MINUTE };
    expect(await askEngine(depsOf(line.env), target, { engine: "local" }, act)).toEqual({
      ok: true,
      value: [before.id],
    });
    await line.run();
    const row = await analysis();
    const [{ run }] = transcribedRuns([row]) as [ReturnType<typeof transcribedRuns>[number]];
    expect([run.createdAt, heard > 0]).toEqual([NOON + MINUTE, true]);
    expect(JSON.stringify(await readOriginal(bucket, run))).toContain("4111");
    expect(JSON.stringify(await readTranscript(bucket, run))).not.toContain("4111");
    expect((await gate()).kind).toBe("muted");
  });

  it("have what their platform sent, their events and their alert masked", async () => {
    const conversation = {
      agentId: null,
      summary: `The customer paid with ${CARD}.`,
      transcript: `bot: your card?\nhuman: ${CARD}\nbot: thanks`,
      timeline: [{ at: NOON, kind: "message" as const, speaker: "human" as const, text: `it is ${CARD}` }],
      actionResults: [{ note: `card ${CARD}` }],
    };
    await configure({ redact: ["card_number"] });
    const call = await mintCall(db, organization.id, { campaignId, conversation });
    await mintEvent(db, call, 1, { data: JSON.stringify({ conversation: snapshotConversation(call) }) });
    await redactStored({ db, bucket }, call, ["card_number"], NOON);
    const [after] = await db.select().from(schema.calls).where(eq(schema.calls.id, call.id));
    expect(JSON.stringify(after?.conversation)).not.toContain("4111");
    expect(after?.conversation?.transcript).toBe("bot: your card?\nhuman: [card number]\nbot: thanks");
    expect(after?.unmasked?.conversation).toEqual(conversation);
    const events = await db.select().from(schema.events).where(eq(schema.events.stream, call.id));
    expect(JSON.stringify(events)).not.toContain("4111");
  });
});

describe("moving a call to where less is taken out of it", () => {
  it("needs the permission, one by one, many together, out of quarantine and back into it", async () => {
    const { id: organizationId } = organization;
    await configure({ redact: ["card_number"] });
    const open = await mintCampaign(db, organizationId, "Open");
    const scopes = Object.keys(PERMISSIONS).filter((one) => one !== "originals:read");
    const { key } = await mintApiKey(db, { organizationId, scopes });
    const call = await mintCall(db, organizationId, { campaignId });
    const other = await mintCall(db, organizationId, { campaignId: open.id });
    const waiting = await mintCall(db, organizationId, { quarantine: "no_campaign" });
    const ask = async (path: string, body: object, given = key) => {
      const headers = { "x-api-key": given, "content-type": "application/json" };
      const answer = await line.post(path, JSON.stringify(body), headers);
      return { status: answer.status, text: await answer.text() };
    };
    const move = (callId: string, to: string | null, given = key) =>
      ask(`/v1/calls/${callId}/campaign`, { campaign_id: to }, given);
    const refused = await move(call.id, open.id);
    expect([refused.status, refused.text.includes("originals:read")]).toEqual([403, true]);
    expect((await move(call.id, null)).status).toBe(403);
    expect((await move(other.id, campaignId)).status).toBe(202);
    const many = { action: "move", campaign_id: open.id, calls: [call.id, waiting.id] };
    expect(JSON.parse((await ask("/v1/bulk", many)).text)).toMatchObject({ changed: 1, failed: 1 });
    const resolve = { campaign_id: open.id, call_ids: [waiting.id] };
    expect((await ask("/v1/quarantine/resolve", resolve)).status).toBe(202);
    await setDefaultRedaction({ db }, organizationId, ["email"]);
    await updateCampaign(
      { db },
      { organizationId, reach: FULL_REACH, id: open.id },
      { settings: { redact: [] } },
      ACT_AT_NOON,
    );
    expect((await ask("/v1/quarantine/resolve", resolve)).status).toBe(403);
    expect((await move(call.id, open.id, organization.key)).status).toBe(202);
    expect(JSON.parse((await ask("/v1/bulk", many, organization.key)).text)).toMatchObject({ failed: 0 });
  });
});
