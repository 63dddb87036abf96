import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import {
  bucketFile,
  keepWaveform,
  makeWaveform,
  readWaveform,
  sweepWaveforms,
  waveformKeyOf,
} from "../../src/analysis";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { DAY } from "../../src/lib/time";
import { backfillWaveforms } from "../../src/pipeline";
import { anuraNotice } from "../fixtures/anura-notice";
import { mintApiKey, mintCall, mintCampaign, mintOrganization, mintRecording, NOON } from "../factories";
import { mintSession } from "../sign-in";
import m4aUrl from "../fixtures/audio/formats/aac.m4a?url&inline";
import { bytesOf, inMemory } from "../core/analysis/recordings";
import { apiClient } from "./api/client";
import { newPipeline } from "./pipeline";
import { sineWav } from "./sine-wav";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const STATE = "backfills/waveforms";
const token = { authorization: "Bearer operator-token-for-tests-only" };

async function peaksOf(wav: Uint8Array) {
  const chunks = (async function* () {
    yield wav;
  })();
  const made = await makeWaveform({ chunks, file: inMemory(wav) });
  if (!made.ok || made.value === null) throw new Error("no waveform");
  return made.value;
}

/** A recording whose audio is stored, analysed before there were waveforms. */
async function mintOlder(organizationId: string, audio: Uint8Array | null, campaignId: string | null = null) {
  const call = await mintCall(db, organizationId, { campaignId });
  const recording = await mintRecording(db, call, { mediaType: "audio/wav", size: audio?.byteLength ?? 10 });
  const key = `recordings/${organizationId}/${recording.id}/att_1`;
  await db.update(schema.recordings).set({ key }).where(eq(schema.recordings.id, recording.id));
  if (audio) await bucket.put(key, audio);
  return { ...recording, key };
}

describe("the waveform of a recording", () => {
  it("is made while the recording is analysed, and read as JSON and as a file, with a tag", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    line.audio = () => new Response(sineWav(3), { headers: { "content-type": "audio/wav" } });
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const response = await line.post("/webhook/anura/", anuraNotice({}), headers);
    const { call_id: callId } = await response.json<{ call_id: string }>();
    await line.run();
    const [recording] = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callId));
    const peaks = await peaksOf(sineWav(3));
    expect(await readWaveform(bucket, recording!.key!)).toEqual(peaks);

    const api = apiClient();
    const path = `/v1/recordings/${recording!.id}/waveform`;
    const answer = await api.get(path, { key: organization.key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ version: 2, channels: 2, sample_rate: 8_000, length: 60 });
    expect(answer.body.data).toEqual([...peaks.data]);
    expect(answer.headers.get("cache-control")).toBe("private, max-age=300");
    const file = await api.get(`${path}?format=dat`, { key: organization.key });
    expect(file.headers.get("content-type")).toBe("application/octet-stream");
    expect(file.headers.get("etag")).not.toBe(answer.headers.get("etag"));
    const known = { "if-none-match": answer.headers.get("etag") ?? "" };
    const again = await api.get(path, { key: organization.key, headers: known });
    expect([again.status, again.body]).toEqual([304, ""]);
    expect((await api.get(`${path}?format=png`, { key: organization.key })).status).toBe(422);
  });

  it("is made of an M4A, which is read by place", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    line.audio = () => new Response(bytesOf(m4aUrl), { headers: { "content-type": "audio/mp4" } });
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const response = await line.post("/webhook/anura/", anuraNotice({}), headers);
    const { call_id: callId } = await response.json<{ call_id: string }>();
    await line.run();
    const [recording] = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callId));
    expect(await readWaveform(bucket, recording!.key!)).toMatchObject({ channels: 2, sampleRate: 44_100 });
    const analyses = await db.select().from(schema.analyses).where(eq(schema.analyses.callId, callId));
    expect(analyses.map(({ state }) => state)).toEqual(["completed"]);
    expect(JSON.stringify(analyses[0]!.findings)).toContain('"codec":"aac"');
  });

  it("is made of the bytes that were there at first, or not at all", async () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
    const object = (await bucket.put("recordings/of-test/rec/att", bytes))!;
    const file = bucketFile(bucket, object);
    expect(await file.read(10, 3)).toEqual(bytes.slice(10, 13));
    expect(await file.read(95, 50)).toEqual(bytes.slice(95));
    await bucket.put(object.key, bytes.slice(1));
    await expect(file.read(10, 3)).rejects.toThrow("no longer in storage");
    await bucket.delete(object.key);
    await expect(file.read(10, 3)).rejects.toThrow("no longer in storage");
  });

  it("is for who may listen, within their reach", async () => {
    const { id: organizationId, key } = await mintOrganization(db);
    const [sales, other] = [await mintCampaign(db, organizationId, "A"), await mintCampaign(db, organizationId, "B")];
    const recording = await mintOlder(organizationId, null, sales.id);
    await keepWaveform(bucket, recording.key, await peaksOf(sineWav(1)));
    const api = apiClient();
    const path = `/v1/recordings/${recording.id}/waveform`;
    const within = async (campaigns: string[]) => {
      const session = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
      await db.update(schema.memberships).set({ campaigns }).where(eq(schema.memberships.userId, session.userId));
      return (await api.get(path, { headers: session.headers })).status;
    };
    expect((await api.get(path, { key })).status).toBe(200);
    expect(await within([sales.id])).toBe(200);
    expect(await within([other.id])).toBe(404);
    const facts = await mintApiKey(db, { organizationId, scopes: ["recordings:read"] });
    expect((await api.get(path, { key: facts.key })).status).toBe(403);
    expect((await api.get(path, { key: (await mintOrganization(db)).key })).status).toBe(404);
    expect((await api.get(path)).status).toBe(401);
  });

  it("is not found where the audio gave none", async () => {
    const { id, key } = await mintOrganization(db);
    const recording = await mintOlder(id, null);
    expect((await apiClient().get(`/v1/recordings/${recording.id}/waveform`, { key })).status).toBe(404);
  });

  it("is swept a day after its recording is gone, and never before", async () => {
    const { id } = await mintOrganization(db);
    const [gone, kept] = [await mintOlder(id, sineWav(1)), await mintOlder(id, sineWav(1))];
    const peaks = await peaksOf(sineWav(1));
    for (const { key } of [gone, kept]) await keepWaveform(bucket, key, peaks);
    await db.delete(schema.recordings).where(eq(schema.recordings.id, gone.id));
    await sweepWaveforms(db, bucket, Date.now(), { pages: 10 });
    expect(await readWaveform(bucket, gone.key)).toEqual(peaks);
    await sweepWaveforms(db, bucket, Date.now() + 2 * DAY, { pages: 10 });
    expect(await readWaveform(bucket, gone.key)).toBeNull();
    expect(await readWaveform(bucket, kept.key)).toEqual(peaks);
  });
});

describe("older recordings", () => {
  let now = Date.now();
  const deps = { db, bucket, now: () => now };
  const progress = async () => (await apiClient().get("/admin/waveforms", { headers: token })).body;

  beforeEach(async () => {
    now = Date.now();
    await bucket.delete(STATE);
    await db.delete(schema.recordings);
  });

  it("get theirs, some a turn, each once; what cannot be decoded is counted", async () => {
    const { id } = await mintOrganization(db);
    const older = [];
    for (let at = 0; at < 52; at += 1) older.push(await mintOlder(id, at === 50 ? null : sineWav(1)));
    await bucket.put(older[51]!.key, "<Error>AccessDenied</Error>");
    const has = await peaksOf(sineWav(2));
    await keepWaveform(bucket, older[0]!.key, has);
    expect(await progress()).toMatchObject({ state: "waiting", left: 52, more: false });
    await backfillWaveforms(deps);
    expect(await progress()).toMatchObject({ state: "running", looked_at: 50, left: 2 });
    await backfillWaveforms(deps);
    expect(await progress()).toMatchObject({ state: "finished", looked_at: 52, made: 49, unable: 2, left: 0 });
    // What was there stays, and a finished backfill does nothing more.
    expect(await readWaveform(bucket, older[0]!.key)).toEqual(has);
    await bucket.delete(waveformKeyOf(older[1]!.key));
    await backfillWaveforms(deps);
    expect(await readWaveform(bucket, older[1]!.key)).toBeNull();
  });

  it("that could not be decoded are tried again, once, by a version that decodes more", async () => {
    const { id } = await mintOrganization(db);
    const [had, unable, gone] = [
      await mintOlder(id, sineWav(1)),
      await mintOlder(id, bytesOf(m4aUrl)),
      await mintOlder(id, null),
    ];
    const has = await peaksOf(sineWav(2));
    await keepWaveform(bucket, had.key, has);
    // As a Worker from before FFmpeg left it.
    const { callId, id: last } = gone;
    const counts = { looked: 3, made: 1, unable: 2 };
    const before = { ...counts, after: { callId, id: last }, startedAt: now - DAY, finishedAt: now - DAY, until: 0 };
    await bucket.put(STATE, JSON.stringify(before));
    await backfillWaveforms(deps);
    expect(await progress()).toMatchObject({ state: "finished", looked_at: 3, made: 1, unable: 1, left: 0 });
    expect(await readWaveform(bucket, unable.key)).toMatchObject({ channels: 2, sampleRate: 44_100 });
    expect(await readWaveform(bucket, had.key)).toEqual(has);
    await bucket.delete(waveformKeyOf(unable.key));
    await backfillWaveforms(deps);
    expect(await readWaveform(bucket, unable.key)).toBeNull();
  });

  it("are not begun again while a Worker from before is at it", async () => {
    await mintOlder((await mintOrganization(db)).id, sineWav(1));
    const counts = { looked: 0, made: 0, unable: 0 };
    const held = JSON.stringify({ ...counts, after: null, startedAt: now, finishedAt: null, until: now + 60_000 });
    await bucket.put(STATE, held);
    await backfillWaveforms(deps);
    expect(await (await bucket.get(STATE))?.text()).toBe(held);
    now += 61_000;
    await backfillWaveforms(deps);
    expect(await progress()).toMatchObject({ state: "finished", looked_at: 1, made: 1 });
  });

  it("are left to the one worker that claimed them, and taken up after it was killed", async () => {
    const { id } = await mintOrganization(db);
    const { key } = await mintOlder(id, sineWav(1));
    // The first dies with its claim.
    const dying = {
      ...deps,
      db: new Proxy(db, {
        get: () => () => {
          throw new Error("killed");
        },
      }),
    };
    await expect(backfillWaveforms(dying)).rejects.toThrow("killed");
    await backfillWaveforms(deps);
    expect(await readWaveform(bucket, key)).toBeNull();
    now += 16 * 60_000;
    await Promise.all([backfillWaveforms(deps), backfillWaveforms(deps)]);
    expect(await readWaveform(bucket, key)).not.toBeNull();
    expect(await progress()).toMatchObject({ looked_at: 1, made: 1 });
  });

  it("show their progress to the admin only", async () => {
    const { key } = await mintOrganization(db);
    expect((await apiClient().get("/admin/waveforms", { key })).status).toBe(401);
  });
});
