import { env } from "cloudflare:workers";
import { and, eq, like } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema";
import { endpointObjects, eventStreams } from "../../src/delivery";
import { within } from "../../src/lib/deadline";
import { queueInbox } from "../../src/queues/senders";
import { loadSamples, readSamples, removeSamples } from "../../src/samples";
import { countDays } from "../../src/usage";
import {
  ACT_AT_NOON,
  mintAlert,
  mintCall,
  mintCampaign,
  mintComment,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintReview,
  mintScorecard,
  mintSource,
  NOON,
  openDatabase,
} from "../factories";
import { mintSession } from "../sign-in";
import { apiClient } from "./api/client";
import { newPipeline, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const ACT = { ...ACT_AT_NOON, now: Date.now() };
const removing = {
  db,
  bucket,
  search: env.SEARCH,
  endpointObjects: endpointObjects(env.ENDPOINTS),
  eventStreams: eventStreams(env.STREAMS, within),
};

function loadingOn(line: Pipeline, sampleAudio = async (): Promise<Uint8Array | null> => sineWav(1)) {
  return { db, bucket, inbox: queueInbox(line.env.INGEST_QUEUE), now: () => Date.now(), sampleAudio };
}

async function load(organizationId: string, count: number): Promise<Pipeline> {
  const line = newPipeline();
  await loadSamples(loadingOn(line), { organizationId, count }, ACT);
  await line.run();
  return line;
}

function callsOf(organizationId: string) {
  return db.select().from(schema.calls).where(eq(schema.calls.organizationId, organizationId));
}

/** Everything that is left of an organization, by table and in R2. */
async function leftOf(organizationId: string) {
  const { calls, recordings, analyses, tasks, events, uploads, inbound, operators, campaigns } = schema;
  const counts: Record<string, number> = {};
  for (const [name, table] of Object.entries({
    calls,
    recordings,
    analyses,
    tasks,
    events,
    uploads,
    inbound,
    operators,
    campaigns,
  }))
    counts[name] = (await db.select().from(table).where(eq(table.organizationId, organizationId))).length;
  for (const prefix of ["waveforms", "uploads"])
    counts[`${prefix} in R2`] = (await bucket.list({ prefix: `${prefix}/${organizationId}/` })).objects.length;
  return counts;
}

describe("sample calls", () => {
  it("come by the way of uploads, are analysed, and loaded again send what is missing", async () => {
    const { id: organizationId } = await mintOrganization(db);
    expect(await readSamples(db, organizationId)).toBeNull();
    await load(organizationId, 9);
    expect(await readSamples(db, organizationId)).toEqual({ loaded: 9, analysed: 9 });
    const calls = await callsOf(organizationId);
    expect(new Set(calls.map(({ state }) => state))).toEqual(new Set(["completed", "failed"]));
    expect(calls.every(({ quarantine, custom }) => quarantine === null && custom["sample"] === "yes")).toBe(true);
    const line = newPipeline();
    expect(await loadSamples(loadingOn(line), { organizationId, count: 9 }, ACT)).toBe(0);
    expect(await loadSamples(loadingOn(line), { organizationId, count: 11 }, ACT)).toBe(2);
    await line.run();
    expect(await readSamples(db, organizationId)).toEqual({ loaded: 11, analysed: 11 });
  });

  it("loaded twice at once are there once, and an interrupted load is completed by the next", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const line = newPipeline();
    let given = 0;
    const dying = loadingOn(line, async () => {
      given += 1;
      if (given > 3) throw new Error("killed");
      return sineWav(1);
    });
    await expect(loadSamples(dying, { organizationId, count: 12 }, ACT)).rejects.toThrow("killed");
    await Promise.all([1, 2].map(() => loadSamples(loadingOn(line), { organizationId, count: 12 }, ACT)));
    await line.run();
    expect(await readSamples(db, organizationId)).toEqual({ loaded: 12, analysed: 12 });
    const campaigns = await db
      .select()
      .from(schema.campaigns)
      .where(eq(schema.campaigns.organizationId, organizationId));
    expect(campaigns).toHaveLength(1);
  });

  it("are removed with everything they have, and nothing else is touched", async () => {
    const [{ id: organizationId }, { id: other }] = [await mintOrganization(db), await mintOrganization(db)];
    await load(organizationId, 8);
    await load(other, 3);
    const [source] = await db
      .select()
      .from(schema.sources)
      .where(and(eq(schema.sources.organizationId, organizationId), like(schema.sources.id, "src_sample_%")));
    // Real calls: one that somebody brought to the samples' own source, one that was moved into their campaign.
    const real = await mintCampaign(db, organizationId, "Renewals");
    const inTheirs = await mintCall(db, organizationId, {
      sourceId: source!.id,
      externalId: "mine-1",
      campaignId: real.id,
    });
    const moved = await mintCall(db, organizationId, { campaignId: source!.campaignId });
    const key = `recordings/${organizationId}/real/att_1`;
    await bucket.put(key, "audio");
    await mintRecording(db, inTheirs, { key });
    expect(await removeSamples(removing, organizationId, ACT)).toBe(8);
    expect((await callsOf(organizationId)).map(({ id }) => id).toSorted()).toEqual([inTheirs.id, moved.id].toSorted());
    expect(await leftOf(organizationId)).toEqual({
      calls: 2,
      recordings: 1,
      analyses: 0,
      tasks: 0,
      events: 0,
      uploads: 0,
      inbound: 0,
      operators: 0,
      campaigns: 2,
      "waveforms in R2": 0,
      "uploads in R2": 0,
    });
    const audio = await bucket.list({ prefix: `recordings/${organizationId}/` });
    expect(audio.objects.map((object) => object.key)).toEqual([key]);
    expect(await readSamples(db, other)).toMatchObject({ loaded: 3 });
    expect(await removeSamples(removing, organizationId, ACT)).toBe(0);
  });

  it("take with them what people have made of them since", async () => {
    const { id: organizationId } = await mintOrganization(db);
    await load(organizationId, 2);
    const [call] = await callsOf(organizationId);
    const card = await mintScorecard(db, organizationId);
    const review = await mintReview(db, call!, card, { state: "completed" });
    await mintAlert(db, call!);
    await mintComment(db, call!, { reviewId: review.id });
    const kept = await mintAlert(db, await mintCall(db, organizationId));
    expect(await removeSamples(removing, organizationId, ACT)).toBe(2);
    const { alerts, reviewComments, reviews } = schema;
    for (const table of [reviews, reviewComments])
      expect(await db.select().from(table).where(eq(table.organizationId, organizationId))).toEqual([]);
    const left = await db.select().from(alerts).where(eq(alerts.organizationId, organizationId));
    expect(left.map(({ id }) => id)).toEqual([kept.id]);
  });

  it("are removed to the end after the removal was interrupted, and what was still coming finds no source", async () => {
    const { id: organizationId } = await mintOrganization(db);
    await load(organizationId, 4);
    const late = newPipeline();
    await loadSamples(loadingOn(late), { organizationId, count: 6 }, ACT);
    await mintEndpoint(db, organizationId);
    const dying = {
      ...removing,
      endpointObjects: { ...removing.endpointObjects, erase: () => Promise.reject(new Error("killed")) },
    };
    await expect(removeSamples(dying, organizationId, ACT)).rejects.toThrow("killed");
    expect(await readSamples(db, organizationId)).toMatchObject({ loaded: 4 });
    expect(await removeSamples(removing, organizationId, ACT)).toBe(4);
    await late.run();
    expect(await callsOf(organizationId)).toEqual([]);
    expect(await readSamples(db, organizationId)).toBeNull();
    // Loaded again they are other calls: what an endpoint has erased is erased for good.
    await load(organizationId, 2);
    expect(await readSamples(db, organizationId)).toMatchObject({ loaded: 2 });
  });

  it("are no part of usage", async () => {
    const { id: organizationId } = await mintOrganization(db);
    await load(organizationId, 3);
    const real = await mintCall(db, organizationId, { startedAt: NOON });
    await countDays(db, 100_000);
    const days = await db.select().from(schema.usageDays).where(eq(schema.usageDays.organizationId, organizationId));
    expect(days.reduce((sum, { calls }) => sum + calls, 0)).toBe(1);
    expect(days.map(({ campaignId }) => campaignId)).toEqual([real.campaignId ?? ""]);
  });

  it("are loaded and removed by the API, by who reaches the whole organization", async () => {
    const { id: organizationId, key } = await mintOrganization(db);
    const line = newPipeline();
    const api = apiClient({ ...loadingOn(line), endpointObjects: { ...apiClient().deps.endpointObjects } });
    expect((await api.get("/v1/samples", { key })).body).toEqual({ loaded: 0, analysed: 0 });
    const campaign = await mintCampaign(db, organizationId);
    const { headers, userId } = await mintSession(db, { organizationId, role: "admin", now: Date.now() });
    await db
      .update(schema.memberships)
      .set({ campaigns: [campaign.id] })
      .where(eq(schema.memberships.userId, userId));
    for (const method of ["GET", "DELETE"])
      expect((await api.call(method, "/v1/samples", { headers })).status).toBe(403);
    expect((await api.post("/v1/samples", { headers, body: { calls: 5 } })).status).toBe(403);
    expect(await api.post("/v1/samples", { key, body: { calls: 5 } })).toMatchObject({
      status: 202,
      body: { sent: 5 },
    });
    expect((await api.post("/v1/samples", { key, body: { calls: 1_000 } })).status).toBe(422);
    await line.run();
    expect((await api.get("/v1/samples", { key })).body).toEqual({ loaded: 5, analysed: 5 });
    expect((await api.call("DELETE", "/v1/samples", { key })).body).toEqual({ removed: 5 });
  });
});

describe("the first hour on Home", () => {
  it("marks each step by what is there, and asks before samples go", async () => {
    const organization = await mintOrganization(db);
    const { page, post } = visit(organization);
    const empty = await page("/dashboard");
    expect(empty.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(empty.text).toContain("0 of 4 done");
    expect(empty.text).toContain("Load 30 sample calls");
    await load(organization.id, 2);
    const loaded = await page("/dashboard");
    expect(loaded.text).toContain("2 of 4 done");
    expect(loaded.text).toContain("2 sample calls are here, 2 analysed.");
    expect(loaded.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect((await page("/dashboard/first-steps")).text).toContain("Load the rest");
    await mintEndpoint(db, organization.id);
    expect((await page("/dashboard")).text).toContain("3 of 4 done");
    expect((await page("/dashboard/samples/remove")).text).toContain("Remove 2 sample calls");
    expect((await post("/dashboard/samples/remove")).status).toBe(303);
    expect(await readSamples(db, organization.id)).toBeNull();
    expect((await page("/dashboard")).text).not.toContain("Send a sample");
    await mintSource(db, organization.id, { kind: "audian", state: "paused" });
    await mintSource(db, organization.id, { kind: "internal" });
    expect((await page("/dashboard")).text).not.toContain("Send a sample");
    const source = await mintSource(db, organization.id, { kind: "audian" });
    expect((await page("/dashboard")).text).toContain(`href="/dashboard/sources/${source.id}#sample-panel"`);
    const viewer = visit(organization, { role: "viewer" });
    expect((await viewer.page("/dashboard")).text).not.toContain("First steps");
    expect((await viewer.post("/dashboard/samples")).status).toBe(403);
    expect((await viewer.page("/dashboard/samples/remove")).status).toBe(403);
  });
});
