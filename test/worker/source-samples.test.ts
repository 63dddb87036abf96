import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH, type Act, type Caller, type Reach } from "../../src/identity";
import { timeOfId } from "../../src/lib/id";
import { HOUR, MINUTE } from "../../src/lib/time";
import { type Platform, PLATFORMS, platformOf } from "../../src/platforms";
import { eraseCall, workOnErasure } from "../../src/privacy";
import type { ErasureMessage } from "../../src/queues/messages";
import { queueInbox } from "../../src/queues/senders";
import { sendSample, type GivenSample, type SendDeps } from "../../src/samples";
import { judgeSources, replayInbound, updateSource } from "../../src/sources";
import { mintCampaign, mintEndpoint, mintOrganization, mintSource, NOON, TEST_MASTER_KEYS } from "../factories";
import { mintSession } from "../sign-in";
import { apiClient } from "./api/client";
import { formsIn } from "./forms-in";
import { ingestMessage } from "./ingest-message";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { CSRF, MOST_TRIPS } from "./visiting";
import { mintPageWorld } from "./writing-pages";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaign: Awaited<ReturnType<typeof mintCampaign>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  campaign = await mintCampaign(db, organization.id);
});

afterEach(() => vi.restoreAllMocks());

function sending(others: Partial<SendDeps> = {}): SendDeps {
  return {
    db,
    bucket,
    inbox: queueInbox(line.env.INGEST_QUEUE),
    now: () => Date.now(),
    sampleAudio: async () => sineWav(1),
    sourceLimit: async () => true,
    ...others,
  };
}

function actNow(): Act {
  return { actor: { kind: "user", id: "usr_engineer" }, now: Date.now() };
}

type Sending = GivenSample & { reach?: Reach; deps?: SendDeps; organizationId?: string };

async function send(sourceId: string, given: Sending = {}) {
  const { reach = FULL_REACH, deps = sending(), organizationId = organization.id, ...sample } = given;
  return sendSample(deps, { organizationId, reach, id: sourceId }, sample, actNow());
}

async function sent(sourceId: string, given: Sending = {}) {
  const answer = await send(sourceId, given);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  await line.run();
  return answer.value;
}

async function refused(sourceId: string, given: Sending = {}) {
  const answer = await send(sourceId, given);
  expect(line.sent).toEqual([]);
  return answer.ok ? undefined : answer.error;
}

function ownerOf(organizationId: string): Caller {
  const none = { scopes: null, campaignId: null, sourceId: null, expiresAt: null, unnoted: [] };
  return { ...none, organizationId, actor: { kind: "user", id: "usr_engineer" }, reach: FULL_REACH };
}

function callsHere() {
  return db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
}

function logHere() {
  return db.select().from(schema.inbound).where(eq(schema.inbound.organizationId, organization.id));
}

function countsHere() {
  return db.select().from(schema.sourceCounts).where(eq(schema.sourceCounts.organizationId, organization.id));
}

type Source = Awaited<ReturnType<typeof mintSource>>;

/** A notice as the platform itself sends it. */
async function arrives({ organizationId, id: sourceId, kind: sourceKind }: Source, notice: object) {
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(notice)));
  await line.deliver(QUEUES.ingest, [ingestMessage({ organizationId, sourceId, sourceKind, body })]);
  await line.run();
}

async function replay(id: string) {
  const deps = { db, bucket, inbox: queueInbox(line.env.INGEST_QUEUE) };
  const target = { organizationId: organization.id, reach: FULL_REACH, id };
  expect((await replayInbound(deps, target, actNow())).ok).toBe(true);
  await line.run();
}

/** Erases a call, to the end. */
async function erase(organizationId: string, callId: string) {
  const due: ErasureMessage[] = [];
  const all = depsOf(env);
  const nudges = { ...all.nudges, erasures: async (messages: readonly ErasureMessage[]) => void due.push(...messages) };
  let clock = Date.now();
  const deps = { ...all, nudges, now: () => (clock += HOUR) };
  expect((await eraseCall(deps, ownerOf(organizationId), callId, actNow())).ok).toBe(true);
  for (let message = due.shift(); message; message = due.shift()) await workOnErasure(deps, message);
}

const anuraText = (changes: Record<string, unknown> = {}): string => {
  const example = { now: Date.now(), unique: crypto.randomUUID().replaceAll("-", ""), settings: {}, campaign };
  return JSON.stringify({ ...JSON.parse(PLATFORMS.anura.example!(example)), ...changes });
};

describe("a sample", () => {
  it("goes the way of a notice: log, call, recording, analysis, subscriber", async () => {
    await mintEndpoint(db, organization.id, { createdAt: 0 });
    const source = await mintSource(db, organization.id, { kind: "anura", name: "Anura" });
    const { inboundId, callIds } = await sent(source.id);
    const [call] = await callsHere();
    expect(callIds).toEqual([call?.id]);
    expect(call).toMatchObject({
      sourceId: source.id,
      campaignId: campaign.id,
      quarantine: null,
      state: "completed",
      operatorName: "Sample Operator",
      fromE164: "+442079460018",
      tags: ["sample"],
    });
    const [row] = await logHere();
    expect(row).toMatchObject({ id: inboundId, form: "sample", outcome: "accepted", status: 202, callId: call?.id });
    expect(row?.headers).toMatchObject({ "sample-sent-by": "usr_engineer", "content-type": "application/json" });
    const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, call!.id));
    expect(recordings).toMatchObject([{ state: "completed" }]);
    const analyses = await db.select().from(schema.analyses).where(eq(schema.analyses.callId, call!.id));
    expect(analyses.map(({ state }) => state)).toEqual(["completed"]);
    await vi.waitFor(() =>
      expect(line.hooks.map(({ event }) => event.type)).toEqual([
        "call.completed",
        "recording.completed",
        "task.created",
        "analysis.created",
        "analysis.completed",
        "call.processed",
      ]),
    );
    const audit = await db.select().from(schema.auditLog).where(eq(schema.auditLog.organizationId, organization.id));
    expect(audit.find(({ action }) => action === "source.sample_sent")).toMatchObject({
      actor: "usr_engineer",
      resourceType: "source",
      resourceId: source.id,
    });
  });

  it("is no notice of the platform: health, last notice and counts stay as they were, also after a replay", async () => {
    const source = await mintSource(db, organization.id, { kind: "anura" });
    const { inboundId } = await sent(source.id);
    await replay(inboundId);
    expect(await countsHere()).toEqual([]);
    const verdicts = await judgeSources(db, organization.id, [source], Date.now());
    expect(verdicts.get(source.id)).toMatchObject({ status: "never", lastNoticeAt: null, arrived: 0 });
    expect(await logHere()).toMatchObject([{ form: "sample", replays: 1 }]);
    expect(await callsHere()).toHaveLength(1);
  });

  it.each(Object.values<Platform>(PLATFORMS).filter(({ example }) => example !== undefined))(
    "of $kind becomes one call of its source and campaign, with a recording",
    async ({ kind }) => {
      const source = await mintSource(db, organization.id, { kind, campaignId: campaign.id });
      const { callIds } = await sent(source.id);
      const calls = await callsHere();
      expect(calls.map(({ id }) => id)).toEqual(callIds);
      expect(calls).toMatchObject([{ state: "completed", campaignId: campaign.id, tags: ["sample"] }]);
      const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, calls[0]!.id));
      expect(recordings.map(({ state }) => state)).toEqual(["completed"]);
      expect(await logHere()).toMatchObject([{ form: "sample", outcome: "accepted" }]);
    },
  );

  it("sent twice makes two calls by example, one by its text", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    await sent(source.id);
    await sent(source.id);
    expect(await callsHere()).toHaveLength(2);
    const sample = PLATFORMS.audian.example!({ now: Date.now(), unique: "a".repeat(32), settings: {}, campaign: null });
    const first = await sent(source.id, { sample });
    expect(await sent(source.id, { sample })).toMatchObject({ callIds: first.callIds });
    expect(await callsHere()).toHaveLength(3);
    const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, first.callIds[0]!));
    expect(recordings).toHaveLength(1);
  });

  it("that is given an id of its own in the log is there once", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const given = { sample: { event: "call.completed", data: { call_id: "c-1" } }, inboundId: `inb_${"0".repeat(26)}` };
    await Promise.all([send(source.id, given), send(source.id, given)]);
    await line.run();
    expect((await logHere()).map(({ id }) => id)).toEqual([given.inboundId]);
    expect(await callsHere()).toHaveLength(1);
  });

  it("is one call, however often its message comes, and after a crash before it was kept", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const sample = { event: "call.completed", data: { call_id: "c-1" } };
    const dying = { put: () => Promise.reject(new Error("killed")) };
    await expect(send(source.id, { sample, deps: sending({ inbox: dying }) })).rejects.toThrow("killed");
    expect(await logHere()).toEqual([]);
    const answer = await send(source.id, { sample });
    const messages = line.sent.filter(({ queue }) => queue === QUEUES.ingest).map(({ body }) => body);
    await line.deliver(QUEUES.ingest, messages);
    await line.run();
    const calls = await callsHere();
    expect(answer).toMatchObject({ ok: true, value: { callIds: calls.map(({ id }) => id) } });
    const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, calls[0]!.id));
    expect(recordings).toMatchObject([{ state: "completed" }]);
  });

  it("with a recording's link has that and no other; without the deployment's samples it has none", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const recording = { id: "r-1", url: "https://media.audian.test/1.wav" };
    const asked = vi.fn(line.audio);
    line.audio = asked;
    const linked = await sent(source.id, { sample: { event: "call.completed", data: { call_id: "c-1", recording } } });
    expect(asked).toHaveBeenCalledWith(recording.url);
    const plain = await sent(source.id, { deps: sending({ sampleAudio: async () => null }) });
    const of = async (callId: string) =>
      (await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callId))).length;
    expect([await of(linked.callIds[0]!), await of(plain.callIds[0]!)]).toEqual([1, 0]);
    const failed = { event: "call.failed", data: { call_id: "c-2", error: "busy" } };
    expect(await of((await sent(source.id, { sample: failed })).callIds[0]!)).toBe(0);
  });

  it("asks RingCentral for no recording of a session that it does not know", async () => {
    const settings = PLATFORMS.ringcentral.settings.parse({ expect_recordings: true });
    const source = await mintSource(db, organization.id, { kind: "ringcentral", campaignId: campaign.id, settings });
    const asked = vi.fn(line.audio);
    line.audio = asked;
    const { callIds } = await sent(source.id);
    expect(asked).not.toHaveBeenCalled();
    const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callIds[0]!));
    expect(recordings).toMatchObject([{ state: "completed" }]);
  });
});

describe("a sample of a real notice", () => {
  const NOTICE = { event: "call.completed", data: { call_id: "call-1001", from: "+442079460018" } };
  const idsHere = async () =>
    (await callsHere())
      .map(({ externalId, tags }) => [externalId, tags] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));

  it("is a call of its own, whichever comes first, and after a replay of either", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const both = [
      ["call-1001", []],
      ["sample-call-1001", ["sample"]],
    ];
    // Of call-1000 the real notice comes first, of call-1001 the sample.
    await arrives(source, { ...NOTICE, data: { ...NOTICE.data, call_id: "call-1000" } });
    const { inboundId, callIds } = await sent(source.id, { sample: NOTICE });
    await arrives(source, NOTICE);
    await sent(source.id, { sample: { ...NOTICE, data: { ...NOTICE.data, call_id: "call-1000" } } });
    expect(await idsHere()).toEqual([["call-1000", []], both[0], ["sample-call-1000", ["sample"]], both[1]]);
    const real = (await logHere()).filter(({ form }) => form === "notice");
    for (const id of [inboundId, ...real.map((one) => one.id)]) await replay(id);
    expect(await callsHere()).toHaveLength(4);
    expect((await logHere()).find(({ id }) => id === inboundId)).toMatchObject({ callId: callIds[0], replays: 1 });
  });

  it("takes nothing of the real call with it when it is erased: later notices of it are taken too", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    await arrives(source, NOTICE);
    const { callIds } = await sent(source.id, { sample: NOTICE });
    // One that was never worked on: it is known by what stands in it, as is one that lies in R2.
    const [kept] = (await logHere()).filter(({ form }) => form === "sample");
    await bucket.put("inbound/of-a-test", JSON.stringify(NOTICE));
    const unworked = { ...kept!, callId: null, outcome: "dead" as const };
    await db.insert(schema.inbound).values([
      { ...unworked, id: `${kept!.id.slice(0, -2)}zy` },
      { ...unworked, id: `${kept!.id.slice(0, -2)}zz`, body: null, bodyKey: "inbound/of-a-test" },
    ]);
    await erase(organization.id, callIds[0] ?? "");
    expect(await idsHere()).toEqual([["call-1001", []]]);
    const log = (await logHere()).map(({ form, body, bodyKey, callId }) => ({ form, has: body ?? bodyKey, callId }));
    expect(log.filter(({ form }) => form === "sample")).toEqual([
      { form: "sample", has: null, callId: null },
      { form: "sample", has: null, callId: null },
    ]);
    const [call] = await callsHere();
    expect(log.filter(({ form }) => form === "notice")).toEqual([
      { form: "notice", has: expect.anything(), callId: call?.id },
    ]);
    await arrives(source, { ...NOTICE, data: { ...NOTICE.data, talk_seconds: 9 } });
    expect(await callsHere()).toMatchObject([{ externalId: "call-1001", talkSeconds: 9 }]);
    expect((await logHere()).map(({ reason }) => reason)).not.toContain("call_erased");
  });

  it("says so in its id once", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    await sent(source.id);
    await sent(source.id, { sample: { event: "call.completed", data: { call_id: "sample-1" } } });
    const ids = (await callsHere()).map(({ externalId }) => externalId);
    expect(ids.toSorted()).toEqual([expect.stringMatching(/^sample-[0-9a-f]{32}$/), "sample-sample-1"]);
  });
});

describe("the recording of a sample", () => {
  const SAMPLE = { event: "call.completed", data: { call_id: "c-1" } };
  const filesHere = () => db.select().from(schema.uploads).where(eq(schema.uploads.organizationId, organization.id));

  it("is an upload with the part of the log's id that sorts by time, one for the samples of a day", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const { inboundId } = await sent(source.id, { sample: SAMPLE });
    await sent(source.id, { sample: SAMPLE });
    const files = await filesHere();
    expect(files.map(({ id }) => id)).toEqual([inboundId.replace("inb_", "upl_")]);
    expect(Math.abs(Date.now() - timeOfId(files[0]!.id))).toBeLessThan(HOUR);
  });

  it("goes with a sample that comes too late: its call was erased while it was on its way", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const answer = await send(source.id, { sample: SAMPLE });
    const callId = answer.ok ? (answer.value.callIds[0] ?? "") : "";
    expect(await filesHere()).toHaveLength(1);
    await db
      .insert(schema.erasedCalls)
      .values({ callId, organizationId: organization.id, erasureId: "ers_1", erasedAt: Date.now() });
    await line.run();
    expect(await callsHere()).toEqual([]);
    expect(await logHere()).toMatchObject([{ form: "sample", body: null, headers: {}, reason: "call_erased" }]);
    expect(await filesHere()).toEqual([]);
    expect((await bucket.list({ prefix: `uploads/${organization.id}/` })).objects).toEqual([]);
  });
});

describe("a sample that is erased", () => {
  it("is gone with its entry in the log, its recording and the file of it, and cannot be sent again", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const sample = { event: "call.completed", data: { call_id: "c-1", from: "+442079460018" } };
    const { callIds } = await sent(source.id, { sample });
    const callId = callIds[0] ?? "";
    const { organizationId } = source;
    await erase(organizationId, callId);
    expect(await callsHere()).toEqual([]);
    expect(await logHere()).toEqual([]);
    const { recordings, uploads } = schema;
    expect(await db.select().from(recordings).where(eq(recordings.callId, callId))).toEqual([]);
    const files = await db.select().from(uploads).where(eq(uploads.organizationId, organizationId));
    expect(files).toEqual([]);
    for (const prefix of ["recordings", "uploads", "waveforms"])
      expect((await bucket.list({ prefix: `${prefix}/${organizationId}/` })).objects).toEqual([]);
    expect(await refused(source.id, { sample })).toMatchObject({
      kind: "conflict",
      message: "A call of this id was erased: give the sample another id.",
    });
  });
});

describe("a sample is refused", () => {
  it("field by field, where a notice would be, or would make no call", async () => {
    const source = await mintSource(db, organization.id, { kind: "anura" });
    const missing = await refused(source.id, { sample: { dialtime: "x" } });
    expect(missing).toMatchObject({
      kind: "invalid",
      fields: expect.arrayContaining([{ field: "calling", message: "is missing" }]),
    });
    const ignored = await refused(source.id, { sample: anuraText({ hooktrigger: "START" }) });
    expect(ignored).toMatchObject({
      kind: "invalid",
      fields: [{ field: "sample", message: expect.stringContaining("END") }],
    });
    const words = await refused(source.id, { sample: "not a notice" });
    expect(words).toMatchObject({ kind: "invalid" });
    expect(await logHere()).toEqual([]);
  });

  it("above 100 kB, and not at 100 kB", async () => {
    const source = await mintSource(db, organization.id, { kind: "external", campaignId: campaign.id });
    const textOf = (size: number) => {
      const empty = JSON.stringify({ external_id: "c-1", custom: { note: "" } });
      return empty.replace('""', JSON.stringify("x".repeat(size - empty.length)));
    };
    expect(await refused(source.id, { sample: textOf(100_001) })).toMatchObject({
      kind: "invalid",
      fields: [{ field: "sample", message: "may have at most 100000 bytes" }],
    });
    expect((await send(source.id, { sample: textOf(100_000) })).ok).toBe(true);
  });

  it("while its source is paused, and of a source that takes uploads only", async () => {
    const paused = await mintSource(db, organization.id, { kind: "audian", state: "paused" });
    expect(await refused(paused.id)).toMatchObject({
      kind: "conflict",
      message: "The source is paused: resume it first.",
    });
    const uploads = await mintSource(db, organization.id, { kind: "internal" });
    expect(await refused(uploads.id)).toMatchObject({ kind: "conflict", message: expect.stringContaining("uploads") });
    const mapping = { external_id: "join('-', [a, b])" };
    const mapped = await mintSource(db, organization.id, { kind: "external", settings: { mapping } });
    const message = "cannot be made up from this source's mapping: give one";
    for (const given of [{}, { sample: "" }, { sample: " \n" }])
      expect(await refused(mapped.id, given)).toEqual({ kind: "invalid", fields: [{ field: "sample", message }] });
    expect((await send(mapped.id, { sample: { a: "1", b: "2" } })).ok).toBe(true);
  });

  it("above the source's limit, before anything is kept", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian" });
    const deps = sending({ sourceLimit: async (id) => id !== source.id });
    expect(await refused(source.id, { deps })).toMatchObject({ kind: "too_many", retryAfter: 60 });
    const files = await db.select().from(schema.uploads).where(eq(schema.uploads.organizationId, organization.id));
    expect(files).toEqual([]);
  });

  it("where it speaks of several calls", async () => {
    const source = await mintSource(db, organization.id, { kind: "zoom", campaignId: campaign.id });
    const of = (...ids: string[]) => ({
      event: "phone.recording_completed",
      payload: { object: { recordings: ids.map((id, at) => ({ id: `rec-${at}`, call_id: id, duration: 1 })) } },
    });
    expect(await refused(source.id, { sample: of("1", "2") })).toEqual({
      kind: "invalid",
      fields: [{ field: "sample", message: "speaks of several calls: send one at a time" }],
    });
    expect((await send(source.id, { sample: of("1", "1") })).ok).toBe(true);
  });

  it("of another organization's source as if there were none", async () => {
    const other = await mintOrganization(db);
    const source = await mintSource(db, other.id, { kind: "audian" });
    expect(await refused(source.id)).toEqual({ kind: "not_found", what: "source" });
    expect(await refused("src_none")).toEqual({ kind: "not_found", what: "source" });
  });
});

describe("a sample of a member limited to campaigns", () => {
  it("goes into theirs only, whatever number it names", async () => {
    const reach = { campaigns: [campaign.id], operators: null };
    const theirs = await mintCampaign(db, organization.id, "Theirs");
    const source = await mintSource(db, organization.id, { kind: "anura", campaignId: campaign.id });
    const foreign = await mintSource(db, organization.id, { kind: "audian", campaignId: theirs.id });
    expect(await refused(foreign.id, { reach })).toEqual({ kind: "not_found", what: "source" });
    for (const number of [theirs.number, 99])
      expect(await refused(source.id, { reach, sample: anuraText({ campaign_id: number }) })).toMatchObject({
        kind: "invalid",
        fields: [{ field: "sample", message: "names no campaign of this organization" }],
      });
    await sent(source.id, { reach });
    expect(await callsHere()).toMatchObject([{ campaignId: campaign.id }]);
  });

  it("changes no call that is in another campaign by now", async () => {
    const reach = { campaigns: [campaign.id], operators: null };
    const theirs = await mintCampaign(db, organization.id, "Theirs");
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const sample = { event: "call.completed", data: { call_id: "c-1", from: "+442079460001" } };
    const { callIds } = await sent(source.id, { reach, sample });
    await db.update(schema.calls).set({ campaignId: theirs.id }).where(eq(schema.calls.id, callIds[0]!));
    const again = { event: "call.completed", data: { call_id: "c-1", from: "+442079460002", talk_seconds: 9 } };
    await sent(source.id, { reach, sample: again });
    expect(await callsHere()).toMatchObject([{ fromRaw: "+442079460001", talkSeconds: null }]);
    const reasons = (await logHere()).map(({ outcome, reason }) => [outcome, reason]);
    expect(reasons).toContainEqual(["refused", "campaign_not_allowed"]);
    expect(await countsHere()).toEqual([]);
  });

  it("goes into the one that its account belongs to", async () => {
    const north = await mintCampaign(db, organization.id, "North");
    const settings = { campaigns: { north: north.id } };
    const source = await mintSource(db, organization.id, { kind: "zoom", campaignId: campaign.id, settings });
    const one = { id: "rec-1", call_id: "1", site: { id: "north" }, duration: 1 };
    const sample = { event: "phone.recording_completed", payload: { object: { recordings: [one] } } };
    await sent(source.id, { reach: { campaigns: [campaign.id, north.id], operators: null }, sample });
    expect(await callsHere()).toMatchObject([{ campaignId: north.id }]);
  });
});

describe("a sample for a campaign that is archived", () => {
  it("goes there, as the platform's notices do", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign.id };
    await updateCampaign({ db }, target, { archived: true }, actNow());
    await sent(source.id);
    expect(await callsHere()).toMatchObject([{ campaignId: campaign.id, quarantine: null }]);
  });

  it("waits without one, as the platform's notices do", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian" });
    await sent(source.id);
    expect(await callsHere()).toMatchObject([{ campaignId: null, quarantine: "no_campaign" }]);
    expect(await logHere()).toMatchObject([{ form: "sample", outcome: "quarantined" }]);
  });

  it("is turned away where its source was paused while it was on its way", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    expect((await send(source.id)).ok).toBe(true);
    const target = { organizationId: organization.id, reach: FULL_REACH, id: source.id };
    const deps = { db, masterKeys: TEST_MASTER_KEYS };
    await updateSource(deps, platformOf, target, { state: "paused" }, actNow());
    await line.run();
    expect(await logHere()).toMatchObject([{ form: "sample", outcome: "ignored", reason: "source_paused" }]);
    expect(await countsHere()).toEqual([]);
  });
});

describe("POST /v1/sources/{id}/samples", () => {
  it("sends the platform's example or a given notice, for the campaign that is named", async () => {
    const second = await mintCampaign(db, organization.id, "Second");
    const source = await mintSource(db, organization.id, { kind: "anura" });
    const api = apiClient(sending());
    const path = `/v1/sources/${source.id}/samples`;
    const { key } = organization;
    const answer = await api.post(path, { key, body: { campaign_id: second.number } });
    expect([answer.status, answer.body]).toEqual([
      202,
      { inbound_id: expect.stringMatching(/^inb_/), call_ids: [expect.stringMatching(/^call_/)] },
    ]);
    await line.run();
    expect(await callsHere()).toMatchObject([{ id: answer.body.call_ids[0], campaignId: second.id }]);
    const entry = await api.get(`/v1/inbound/${answer.body.inbound_id}`, { key });
    expect(entry.body).toMatchObject({ form: "sample", outcome: "accepted" });
    expect((await api.get("/v1/inbound?form=sample", { key })).body.data).toHaveLength(1);
    expect((await api.get("/v1/inbound?form=notice", { key })).body.data).toEqual([]);
    const health = await api.get(`/v1/sources/${source.id}/health`, { key });
    expect(health.body).toMatchObject({ state: "never", last_notice_at: null, counts: { accepted: 0 } });
    const wrong = await api.post(path, { key, body: { sample: { dialtime: "x" } } });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors.map(({ field }: { field: string }) => field)).toContain("calling");
    expect((await api.post(path, { key, body: { campaign_id: "cmp_none" } })).status).toBe(422);
    expect((await api.post(path, { key, body: { text: "x" } })).status).toBe(422);
  });

  it("answers 409 of a paused source, 429 above the limit, 403 without the permission", async () => {
    const paused = await mintSource(db, organization.id, { kind: "audian", state: "paused" });
    const source = await mintSource(db, organization.id, { kind: "audian" });
    const { key } = organization;
    const api = apiClient(sending({ sourceLimit: async () => false }));
    expect((await api.post(`/v1/sources/${paused.id}/samples`, { key, body: {} })).status).toBe(409);
    const limited = await api.post(`/v1/sources/${source.id}/samples`, { key, body: {} });
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
    const { headers } = await mintSession(db, { organizationId: organization.id, role: "viewer", now: Date.now() });
    expect((await api.post(`/v1/sources/${source.id}/samples`, { headers, body: {} })).status).toBe(403);
    expect(line.sent).toEqual([]);
  });

  it("is one sample for one Idempotency-Key", async () => {
    const source = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const api = apiClient(sending());
    const request = { key: organization.key, body: {}, headers: { "idempotency-key": "once" } };
    const [first, second] = [
      await api.post(`/v1/sources/${source.id}/samples`, request),
      await api.post(`/v1/sources/${source.id}/samples`, request),
    ];
    expect(second.body).toEqual(first.body);
    await line.run();
    expect(await callsHere()).toHaveLength(1);
  });
});

describe("the page of a source", () => {
  /** The pages of an owner, and the form of samples on one of them, as it is shown. */
  async function shownOn(kind: string) {
    const inbox = queueInbox(line.env.INGEST_QUEUE);
    const world = await mintPageWorld({ inbox, sampleAudio: async () => sineWav(1), sourceLimit: async () => true });
    const source = await mintSource(db, world.organization.id, { kind, campaignId: world.campaign.id, name: "Office" });
    const formOn = async (path: string) => {
      const { text, trips, status } = await world.pages.page(path);
      expect([status, trips <= MOST_TRIPS]).toEqual([200, true]);
      const form = formsIn(text, path).find(({ action }) => action.endsWith("/sample#sample-panel"));
      const fields = form?.fields.filter(([name]) => name !== "csrf") ?? [];
      return { text, fields, action: (form?.action ?? "").replace("#sample-panel", "") };
    };
    const log = () => db.select().from(schema.inbound).where(eq(schema.inbound.sourceId, source.id));
    const calls = () => db.select().from(schema.calls).where(eq(schema.calls.sourceId, source.id));
    return { ...world, source, formOn, log, calls, path: `/dashboard/sources/${source.id}` };
  }

  it("has an example to try and to send; a form that is sent twice sends it once", async () => {
    const { formOn, pages, path, log, calls } = await shownOn("audian");
    const { text, fields, action } = await formOn(path);
    expect(text).toContain("Send a sample");
    const sample = new Map(fields).get("sample") ?? "";
    expect(JSON.parse(sample)).toMatchObject({ event: "call.completed", data: { from: "+442079460018" } });
    const tried = await (await pages.post(action, [...fields, ["act", "try"]])).text();
    expect(tried).toContain("It would make this call");
    await line.run();
    expect(await log()).toEqual([]);
    const answers = [
      await pages.post(action, [...fields, ["act", "send"]]),
      await pages.post(action, [...fields, ["act", "send"]]),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get("location")])).toEqual(
      answers.map(() => [303, `${path}?done=sampled#came`]),
    );
    await line.run();
    expect(await log()).toMatchObject([{ form: "sample", outcome: "accepted" }]);
    const [call, ...others] = await calls();
    expect(others).toEqual([]);
    const after = (await pages.page(`${path}?done=sampled`)).text;
    expect(after).toContain("The sample is on its way");
    expect(after).toContain("Waiting for the first call");
    const arrivals = (await pages.page(`${path}/arrivals`)).text;
    expect(arrivals).toContain(`href="/dashboard/calls/${call!.id}"`);
    expect(arrivals).toMatch(/class="tag idle">Sample</);
    const shown = (await pages.page("/dashboard/inbound")).text;
    expect(shown).toMatch(/class="tag idle">Sample</);
    const [row] = await log();
    expect((await pages.page(`/dashboard/inbound/${row!.id}`)).text).toContain("sample-sent-by");
  });

  it("is sent again by the form that is shown next, as another call", async () => {
    const { formOn, pages, path, calls } = await shownOn("twilio");
    for (const _ of [1, 2]) {
      const { fields, action } = await formOn(path);
      expect((await pages.post(action, [...fields, ["act", "send"]])).status).toBe(303);
    }
    await line.run();
    expect(await calls()).toHaveLength(2);
  });

  it("is there on the campaign's audio sources too, with its number, and leads back there", async () => {
    const { formOn, pages, source, campaign: own, log } = await shownOn("anura");
    const path = `/dashboard/campaigns/${own.id}/sources?source=${source.id}`;
    const { fields, action } = await formOn(path);
    expect(JSON.parse(new Map(fields).get("sample") ?? "")).toMatchObject({ campaign_id: own.number });
    const answer = await pages.post(action, [...fields, ["act", "send"]]);
    expect(answer.headers.get("location")).toBe(`${path}&done=sampled#came`);
    expect((await pages.page(`${path}&done=sampled`)).text).toContain("The sample is on its way");
    await line.run();
    expect(await log()).toMatchObject([{ form: "sample", outcome: "accepted" }]);
    const elsewhere = [...fields.filter(([name]) => name !== "back"), ["back", "//evil.test"], ["act", "send"]];
    const led = await pages.post(action, elsewhere as [string, string][]);
    expect(led.headers.get("location")).toBe(`/dashboard/sources/${source.id}?done=sampled#came`);
  });

  it("says why a sample was not sent, field by field, in the reader's language, and keeps what was written", async () => {
    const { pages, path, log, source } = await shownOn("anura");
    const fields: [string, string][] = [
      ["act", "send"],
      ["once", `${Date.now()}.x`],
      ["sample", '{"dialtime":"<b>x"}'],
    ];
    const answer = await pages.post(`${path}/sample`, fields);
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain("It was not sent:");
    expect(text).toContain("<code>calling</code>");
    expect(text).toContain("{&quot;dialtime&quot;:&quot;&lt;b&gt;x&quot;}");
    const body = new URLSearchParams([["csrf", CSRF], ...fields]);
    const spanish = { method: "POST", body, headers: { "accept-language": "es" } };
    expect(await (await pages.ask(`${path}/sample`, spanish)).text()).toContain("No se envió:");
    await updateSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      platformOf,
      { organizationId: source.organizationId, reach: FULL_REACH, id: source.id },
      { state: "paused" },
      actNow(),
    );
    const paused = await pages.post(`${path}/sample`, [...fields.slice(0, 2), ["sample", anuraText()]]);
    expect(await paused.text()).toContain("The source is paused: resume it first.");
    expect(await log()).toEqual([]);
  });

  it("has a place of its own in the log for each text, among what comes as it is sent", async () => {
    const { pages, path, log } = await shownOn("audian");
    const submit = (id: string) =>
      pages.post(`${path}/sample`, [
        ["act", "send"],
        // As a form of an hour ago had it.
        ["once", `${NOON - HOUR}.x`],
        ["sample", JSON.stringify({ event: "call.completed", data: { call_id: id } })],
      ]);
    for (const id of ["c-1", "c-2", "c-1"]) expect((await submit(id)).status).toBe(303);
    await line.run();
    const ids = (await log()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(timeOfId(id)).toBe(NOON - (NOON % MINUTE));
  });

  it("keeps where it leads back to, and whose number it shows, over a try and a refusal", async () => {
    const { formOn, pages, source, campaign: own } = await shownOn("anura");
    const back = `/dashboard/campaigns/${own.id}/sources?source=${source.id}`;
    let { fields, action } = await formOn(back);
    for (const [act, sample] of [
      ["try", "{}"],
      ["send", '{"dialtime":"x"}'],
    ] as const) {
      const given = fields.filter(([name]) => name !== "sample");
      const text = await (await pages.post(action, [...given, ["sample", sample], ["act", act]])).text();
      const form = formsIn(text, back).find((one) => one.action.endsWith("/sample#sample-panel"));
      fields = form?.fields.filter(([name]) => name !== "csrf") ?? [];
      expect(Object.fromEntries(fields)).toMatchObject({ back: own.id, campaign: own.id, sample });
    }
    const good = [...fields.filter(([name]) => name !== "sample"), ["sample", anuraText()], ["act", "send"]];
    const answer = await pages.post(action, good as [string, string][]);
    expect(answer.headers.get("location")).toBe(`${back}&done=sampled#came`);
  });

  it("keeps the campaign of its address, where its calls each name one", async () => {
    const { formOn, pages, source, path, organization: own } = await shownOn("anura");
    const second = await mintCampaign(db, own.id, "Second");
    await db.update(schema.sources).set({ campaignId: null }).where(eq(schema.sources.id, source.id));
    const { fields, action } = await formOn(`${path}?campaign=${second.id}`);
    const text = await (await pages.post(action, [...fields, ["act", "try"]])).text();
    const tried = formsIn(text, path).find((one) => one.action.endsWith("/sample#sample-panel"));
    const shown = Object.fromEntries(tried?.fields ?? []);
    expect(shown).toMatchObject({ campaign: second.id });
    expect(shown).not.toHaveProperty("back");
  });

  it("says where no example can be made up, and refuses an empty field in the reader's language", async () => {
    const { pages, path, source, log } = await shownOn("external");
    const settings = { mapping: { external_id: "join('-', [a, b])" } };
    await db.update(schema.sources).set({ settings }).where(eq(schema.sources.id, source.id));
    expect((await pages.page(path)).text).toContain("No example can be made up");
    const body = new URLSearchParams([
      ["csrf", CSRF],
      ["act", "send"],
      ["sample", " "],
    ]);
    for (const [language, words] of [
      ["en", "cannot be made up from this source&#39;s mapping"],
      ["es", "no se puede componer a partir de la asignación"],
    ] as const) {
      const answer = await pages.ask(`${path}/sample`, {
        method: "POST",
        body,
        headers: { "accept-language": language },
      });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain(words);
    }
    expect(await log()).toEqual([]);
  });

  it("of uploads sends nothing", async () => {
    const { formOn, path } = await shownOn("internal");
    const { text } = await formOn(path);
    expect(text).not.toContain("Send a sample");
  });
});
