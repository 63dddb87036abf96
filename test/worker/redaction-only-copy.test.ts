import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runsOf, sweepOriginals, type AnalysisRow } from "../../src/analysis";
import { app } from "../../src/app";
import { updateCampaign, type CampaignOptions } from "../../src/campaigns";
import { openDatabase, runBatch } from "../../src/db/client";
import { writeRows } from "../../src/db/rows";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { deleteForgotten, forgettingOf, type Forgetting } from "../../src/pipeline/forget-original";
import { REDACTION_ENGINE, sweepOrphans, sweepRenditions } from "../../src/recordings";
import { ACT_AT_NOON, mintAnalysis, mintCampaign, mintOrganization, mintRecording, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import callUrl from "../fixtures/audio/two-party-call.mp3?inline";
import { newPipeline, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const CALL = Uint8Array.from(atob(callUrl.slice(callUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const CARD = "4111 1111 1111 1111";

// Where originals are deleted, the muted file is the only copy, and nothing brings back what was deleted.

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaignId: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline({ TRANSCRIBE_URL: "https://transcribe.test" } as never);
  line.audio = () => new Response(CALL, { headers: { "content-type": "audio/mpeg" } });
  let heard = 0;
  line.transcriber = () => spoken((heard += 1) === 1 ? `my card is ${CARD} thanks` : "thanks");
  organization = await mintOrganization(db);
  campaignId = (await mintCampaign(db, organization.id)).id;
});

afterEach(() => vi.useRealTimers());

/** An answer in the form of Whisper's servers: these words, a fifth of a second each. */
function spoken(text: string): Response {
  const words = text.split(" ").map((word, at) => ({ word, start: at * 0.2, end: at * 0.2 + 0.15 }));
  return Response.json({ task: "transcribe", language: "english", duration: 2, text, words });
}

async function configure(settings: CampaignOptions): Promise<void> {
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaignId };
  await updateCampaign({ db }, target, { settings }, ACT_AT_NOON);
}

async function report(): Promise<void> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice(), headers)).status).toBe(200);
  await line.run();
}

async function ask(path: string, init: RequestInit = {}, key = organization.key) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const request = new Request(new URL(path, "https://trunkline.test"), { ...init, headers });
  const answer = await app.fetch(request, line.env, createExecutionContext());
  return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

async function recording() {
  const row = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organization.id))
    .get();
  return row!;
}

async function analysis(): Promise<AnalysisRow> {
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return row!;
}

async function runs() {
  return runsOf(await analysis());
}

/** The recordings whose originals the audit log says were deleted. */
async function deletions(): Promise<string[]> {
  const { organizationId, action, resourceId } = schema.auditLog;
  const isOne = and(eq(organizationId, organization.id), eq(action, "recording.original_deleted"));
  return (await db.select({ resourceId }).from(schema.auditLog).where(isOne)).map((one) => one.resourceId);
}

/** All sweeps that delete what no row names, as they find it long after. */
async function sweepAll(): Promise<void> {
  const then = Date.parse("2100-01-01T00:00:00Z");
  for (const sweep of [sweepOrphans, sweepRenditions, sweepOriginals]) await sweep(db, bucket, then, { pages: 20 });
}

async function keysUnder(prefix: string): Promise<string[]> {
  return (await bucket.list({ prefix })).objects.map(({ key }) => key);
}

const redact = (callId: string) =>
  ask(`/v1/calls/${callId}/transcript`, { method: "POST", body: JSON.stringify({ engine: REDACTION_ENGINE }) });

const KEEPS_NONE = { engines: ["local"], redact: ["card_number" as const], dropOriginals: true };

describe("what is left of a recording", () => {
  const heard = async (id: string) => {
    const shown = await ask(`/v1/recordings/${id}`);
    const { audio_url: link } = JSON.parse(new TextDecoder().decode(shown.bytes)) as { audio_url: string };
    return (await ask(link)).status;
  };

  it("is never swept: not when originals are kept again, nor when nothing more is found in it", async () => {
    await configure(KEEPS_NONE);
    await report();
    const { id, callId, key } = await recording();
    await configure({ dropOriginals: false });
    for (const minutes of [1, 2]) {
      vi.setSystemTime(NOON + minutes * MINUTE);
      expect((await redact(callId)).status).toBe(202);
      await line.run();
      await sweepAll();
      expect((await runs()).at(-1)).toMatchObject({ engine: REDACTION_ENGINE, state: "completed" });
      expect((await recording()).key).toBe(key);
      expect(await bucket.head(key!)).not.toBeNull();
      expect(await heard(id)).toBe(200);
    }
    const engines = (await runs()).map((run) =>
      run.engine === REDACTION_ENGINE
        ? { ...run, findings: { kinds: ["card_number"], muted: [], rendition: null } }
        : run,
    );
    await db.update(schema.analyses).set({ engines }).where(eq(schema.analyses.callId, callId));
    await sweepAll();
    expect(await keysUnder(`renditions/${organization.id}/`)).toEqual([key]);
    expect(await heard(id)).toBe(200);
  });
});

describe("what is in the way of a deletion", () => {
  const WORDS = { agentId: null, summary: null, transcript: `my card is ${CARD}`, timeline: [], actionResults: [] };

  /** A recording whose original is kept, of a campaign that keeps none from now on, and what is to be forgotten of it. */
  async function aboutToForget() {
    await configure({ engines: ["local"], redact: ["card_number"] });
    await report();
    await configure({ dropOriginals: true });
    const kept = await recording();
    await sayWords(kept.callId);
    const forgetting = await forgettingOf(
      { db, bucket },
      undefined,
      { recording: kept, key: kept.key! },
      await runs(),
      NOON,
    );
    expect(forgetting?.keys).toHaveLength(2);
    return { kept, forgetting: forgetting! };
  }

  async function sayWords(callId: string): Promise<void> {
    const said = { conversation: { ...WORDS, transcript: "my card is [card number]" } };
    const unmasked = { kinds: ["card_number" as const], conversation: WORDS };
    await db
      .update(schema.calls)
      .set({ ...said, unmasked })
      .where(eq(schema.calls.id, callId));
  }

  async function wordsOf(callId: string) {
    const call = await db.select().from(schema.calls).where(eq(schema.calls.id, callId)).get();
    return call?.unmasked?.conversation ?? null;
  }

  const write = async ({ writes }: Forgetting, ended?: AnalysisRow) =>
    runBatch(db, writeRows(db, writes(ended ?? (await analysis()))));

  it("is asked when it is written: a hold, the setting, another campaign, more to take out, a lost claim", async () => {
    const { kept, forgetting } = await aboutToForget();
    const before = await analysis();
    const hold = { organizationId: organization.id, id: "hld_1", kind: "call" as const, subject: kept.callId };
    const moved = (to: string | null) =>
      db.update(schema.calls).set({ campaignId: to }).where(eq(schema.calls.id, kept.callId));
    const other = await mintCampaign(db, organization.id, "Other");
    const obstacles: [() => Promise<unknown>, () => Promise<unknown>][] = [
      [
        async () =>
          db.insert(schema.legalHolds).values({ ...hold, reason: "Case", actor: "usr_1", createdAt: NOON } as never),
        async () => db.delete(schema.legalHolds).where(eq(schema.legalHolds.organizationId, organization.id)),
      ],
      [() => configure({ dropOriginals: false }), () => configure({ dropOriginals: true })],
      [async () => moved(other.id), async () => moved(campaignId)],
      [() => configure({ redact: ["card_number", "email"] }), () => configure({ redact: ["card_number"] })],
    ];
    const isWhole = async () => {
      await deleteForgotten({ db, bucket }, forgetting);
      await sweepAll();
      expect(await analysis()).toEqual(before);
      expect((await recording()).key).toBe(kept.key);
      for (const key of forgetting.keys) expect(await bucket.head(key)).not.toBeNull();
      expect(await wordsOf(kept.callId)).toEqual(WORDS);
      expect(await deletions()).toEqual([]);
    };
    for (const [put, take] of obstacles) {
      await put();
      await write(forgetting);
      await isWhole();
      await take();
    }
    await write(forgetting, { ...before, claims: before.claims + 1 });
    await isWhole();

    // A crash after the batch: the log has it, and the sweeps do the rest.
    await write(forgetting);
    await write(forgetting);
    expect(await deletions()).toEqual([kept.id]);
    await sweepAll();
    for (const key of forgetting.keys) expect(await bucket.head(key)).toBeNull();
    expect(await wordsOf(kept.callId)).not.toEqual(WORDS);
    expect(await bucket.head((await recording()).key!)).not.toBeNull();
  });

  it("is a setting that was taken back while an engine was at work", async () => {
    await configure(KEEPS_NONE);
    const say = line.transcriber;
    const taken: Promise<void>[] = [];
    line.transcriber = (...given) => {
      taken.push(configure({ dropOriginals: false }));
      return say(...given);
    };
    await report();
    await Promise.all(taken);
    expect(await keysUnder(`recordings/${organization.id}/`)).toEqual([(await recording()).key]);
    expect(await deletions()).toEqual([]);
  });

  it("is another recording of the call, for its words alone", async () => {
    const { kept, forgetting } = await aboutToForget();
    const call = { id: kept.callId, organizationId: organization.id };
    const other = await mintRecording(db, call);
    await write(forgetting);
    await deleteForgotten({ db, bucket }, forgetting);
    const [muted] = await db.select().from(schema.recordings).where(eq(schema.recordings.id, kept.id));
    expect(muted?.key).toMatch(/^renditions\//);
    expect(await wordsOf(kept.callId)).toEqual(WORDS);
    const [step] = (await runs()).filter(({ engine }) => engine === REDACTION_ENGINE);
    const engines = [{ ...step!, findings: { kinds: ["card_number"], muted: [], rendition: null } }];
    const row = await mintAnalysis(db, call, other.id, { engines });
    const heard = { recording: other, key: "recordings/other" };
    await db.update(schema.recordings).set({ key: heard.key }).where(eq(schema.recordings.id, other.id));
    const words = await forgettingOf({ db, bucket }, undefined, heard, engines, NOON);
    await write(words!, row);
    expect(await wordsOf(kept.callId)).not.toEqual(WORDS);
    expect((await deletions()).toSorted()).toEqual([kept.id, other.id].toSorted());
  });
});
