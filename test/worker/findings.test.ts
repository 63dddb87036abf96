import { anuraNotice } from "../fixtures/anura-notice";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import {
  FINDINGS_PREFIX,
  keepFindings,
  readFindings,
  sweepFindings,
  unpackTalkStrip,
  type Findings,
} from "../../src/analysis";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { DAY } from "../../src/lib/time";
import { mintAnalysis, mintCall, mintCampaign, mintOrganization, mintRecording } from "../factories";
import { apiClient } from "./api/client";
import { newPipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;

/** Findings of a conversation of so many turns. */
function findingsOf(turns: number): Findings {
  const channel = (number: number) => ({
    channel: number,
    state: "live" as const,
    talkSeconds: turns,
    segments: Array.from({ length: turns }, (_, turn): [number, number] => [
      (2 * turn + number) * 1000,
      (2 * turn + number + 1) * 1000,
    ]),
    speechLevelDb: -20,
    noiseLevelDb: null,
  });
  return {
    kind: "acoustic",
    durationSeconds: 2 * turns,
    sampleRate: 8000,
    format: { container: "wav", codec: "pcm", sampleRate: 8000, channels: 2, bitsPerSample: 16 },
    channels: [channel(0), channel(1)],
    silenceSeconds: 0,
    overlapSeconds: 0,
    channelSeparationDb: null,
    warnings: [],
  };
}

describe("the findings of an analysis", () => {
  it("stay in the row up to 2 kB, and are whole either way", async () => {
    for (const turns of [1, 2_000]) {
      const findings = findingsOf(turns);
      const kept = await keepFindings(bucket, { id: "ana_1" }, findings, Date.now());
      expect(JSON.stringify(kept.findings).length).toBeLessThanOrEqual(2_000);
      expect(kept.findingsKey === null).toBe(turns === 1);
      expect(await readFindings(bucket, kept)).toEqual(findings);
    }
  });

  it("are under a name of the attempt's own, so that one that did not count changes nothing", async () => {
    const one = await keepFindings(bucket, { id: "ana_2" }, findingsOf(500), Date.now());
    const other = await keepFindings(bucket, { id: "ana_2" }, findingsOf(600), Date.now());
    expect(one.findingsKey).not.toBe(other.findingsKey);
    expect(await readFindings(bucket, one)).toEqual(findingsOf(500));
  });

  it("are read whole by the API, where the list has the measures", async () => {
    const { id: organizationId, key } = await mintOrganization(db);
    const call = await mintCall(db, organizationId);
    const recording = await mintRecording(db, call);
    const kept = await keepFindings(bucket, { id: "ana_3" }, findingsOf(700), Date.now());
    const analysis = await mintAnalysis(db, call, recording.id, kept);
    const api = apiClient();
    const { body } = await api.get(`/v1/analyses/${analysis.id}`, { key });
    expect(body.findings.channels[1].segments).toHaveLength(700);
    expect(body.measures.talk_seconds).toEqual([700, 700]);
    const [listed] = (await api.get("/v1/analyses", { key })).body.data;
    expect(listed.measures).toEqual(body.measures);
    const uuid = call.id.replace("call_", "task_");
    const speakers = await api.get(`/speaker-analysis/${uuid}`, { key });
    expect(speakers.body.speakers[0].segments).toHaveLength(700);
    const task = await api.get(`/tasks/${uuid}`, { key });
    expect(task.body.result.segments).toHaveLength(1_400);
  });

  it("are swept after a day where no row has them", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const call = await mintCall(db, organizationId);
    const recording = await mintRecording(db, call);
    const { id } = await mintAnalysis(db, call, recording.id);
    const lost = await keepFindings(bucket, { id }, findingsOf(500), Date.now());
    const counted = await keepFindings(bucket, { id }, findingsOf(500), Date.now());
    await db.update(schema.analyses).set(counted).where(eq(schema.analyses.id, id));
    expect(await sweepFindings(db, bucket, Date.now(), { pages: 10 })).toBe(0);
    expect(await sweepFindings(db, bucket, Date.now() + 2 * DAY, { pages: 10 })).toBeGreaterThan(0);
    expect(await bucket.head(lost.findingsKey!)).toBeNull();
    expect(await readFindings(bucket, counted)).toEqual(findingsOf(500));
    expect((await bucket.list({ prefix: FINDINGS_PREFIX })).objects.map((object) => object.key)).toContain(
      counted.findingsKey,
    );
  });
});

describe("the talk strip of a call", () => {
  it("is in its row once its recording is analysed, survives the next notice, and is in the API", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    const post = async (changes: Record<string, string>) => {
      const response = await line.post("/webhook/anura/", anuraNotice(changes), {
        "x-api-key": organization.key,
        "content-type": "application/json",
      });
      return (await response.json<{ call_id: string }>()).call_id;
    };
    const callId = await post({});
    await line.run();
    const read = async () => (await db.select().from(schema.calls).where(eq(schema.calls.id, callId)))[0]!;
    const packed = (await read()).talkStrip;
    expect(unpackTalkStrip(packed)).not.toBeNull();
    await post({ queuename: "Another queue" });
    await line.run();
    expect((await read()).talkStrip).toBe(packed);

    const api = apiClient();
    const { body } = await api.get(`/v1/calls/${callId}`, { key: organization.key });
    const given = Object.values(body.talk_strip as Record<string, string | null>).filter((one) => one !== null);
    expect(given.length).toBeGreaterThan(0);
    for (const shares of given) expect(shares).toMatch(/^[0-9a-f]{1,132}$/);
    expect((await api.get("/v1/calls", { key: organization.key })).body.data[0].talk_strip).toEqual(body.talk_strip);
  });

  it("is null before", async () => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    expect((await apiClient().get(`/v1/calls/${call.id}`, { key })).body.talk_strip).toBeNull();
  });
});
