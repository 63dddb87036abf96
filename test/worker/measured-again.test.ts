import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createEngine,
  DEFAULT_ENGINE,
  FINDINGS_PREFIX,
  newRun,
  readFindings,
  runsOf,
  sweepFindings,
  withoutWords,
} from "../../src/analysis";
import { app } from "../../src/app";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { DAY, MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const NEWEST = DEFAULT_ENGINE.version;

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline();
  organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function api(method: "GET" | "POST", path: string, body?: object, key = organization.key) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const request = new Request(`https://trunkline.test${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await app.fetch(request, line.env, createExecutionContext());
  return { status: answer.status, body: await answer.json<Record<string, unknown>>() };
}

const rows = () =>
  db
    .select()
    .from(schema.analyses)
    .where(eq(schema.analyses.organizationId, organization.id))
    .orderBy(asc(schema.analyses.callId));

async function events() {
  const found = await db
    .select({ type: schema.events.type, data: schema.events.data })
    .from(schema.events)
    .where(eq(schema.events.organizationId, organization.id))
    .orderBy(asc(schema.events.stream), asc(schema.events.seq));
  return found
    .filter(({ type }) => type.startsWith("analysis."))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) as { changes?: Record<string, unknown> } }));
}

/** Calls that version 2 measured: it heard 99 seconds of silence, and its whole findings are in storage. */
async function reportOld(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const own = { dialtime: `2026-11-21 10:30:${10 + at}`, audio_file_mp3: `https://pbx.test/${at}.mp3` };
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    expect((await line.post("/webhook/anura/", anuraNotice(own), headers)).status).toBe(200);
  }
  await line.run();
  for (const row of await rows()) {
    const findings = { ...(row.findings as object), silenceSeconds: 99 };
    const findingsKey = `${FINDINGS_PREFIX}${row.id}/att_old`;
    await bucket.put(findingsKey, JSON.stringify(findings));
    const old = { engineVersion: "2", findings, findingsKey };
    await db.update(schema.analyses).set(old).where(eq(schema.analyses.id, row.id));
  }
}

const ASKED = { action: "analyse", engine: "trunkline-acoustic" } as const;

describe("calls that an earlier version of the built-in engine measured", () => {
  it("are measured again by a job, for nothing, and keep both findings beside each other", async () => {
    await reportOld(3);
    const ids = (await rows()).map(({ callId }) => callId);
    const dry = await api("POST", "/v1/bulk", { ...ASKED, calls: ids, dry_run: true });
    expect(dry.body).toMatchObject({ matched: 3, estimate: { calls: 3, dollars: 0 } });
    const begun = await api("POST", "/v1/bulk", { ...ASKED, calls: ids });
    expect(begun.status).toBeLessThan(300);
    line.sent.push(...line.sent);
    await line.run();

    for (const row of await rows()) {
      expect([row.state, row.engineVersion]).toEqual(["completed", NEWEST]);
      expect((await readFindings(bucket, row))?.silenceSeconds).not.toBe(99);
      const [earlier, ...more] = runsOf(row);
      expect([earlier?.version, earlier?.state, more]).toEqual(["2", "completed", []]);
      const path = `/v1/analyses/${row.id}`;
      const newest = (await api("GET", path)).body;
      expect(newest).toMatchObject({ engine_version: NEWEST });
      expect(newest["engines"]).toMatchObject([
        { engine: "trunkline-acoustic", version: NEWEST, state: "completed" },
        { engine: "trunkline-acoustic", version: "2", state: "completed" },
      ]);
      const before = await api("GET", `${path}?engine_version=2`);
      expect(before.body).toMatchObject({ engine_version: "2", findings: { silence_seconds: 99 } });
      expect((await api("GET", `${path}?engine_version=1`)).status).toBe(404);
      const stranger = await mintOrganization(db);
      expect((await api("GET", `${path}?engine_version=2`, undefined, stranger.key)).status).toBe(404);
    }
    const told = (await events()).filter(({ type }) => type === "analysis.updated");
    expect(told).toHaveLength(3);
    for (const { data } of told) {
      expect(data.changes).toMatchObject({
        engine_version: { from: "2", to: NEWEST },
        measures: { from: { silence_seconds: 99 }, to: { silence_seconds: expect.any(Number) } },
      });
    }

    // Each message once more, and the job's question, change nothing.
    for (const { organizationId, callId, id } of await rows())
      await line.deliver(QUEUES.analysis, [{ organizationId, callId, analysisId: id }], 2);
    await api("POST", "/v1/bulk", { ...ASKED, calls: ids });
    await line.run();
    expect((await events()).filter(({ type }) => type === "analysis.updated")).toHaveLength(3);
    expect((await rows()).map((row) => runsOf(row).length)).toEqual([1, 1, 1]);
    expect((await api("POST", `/v1/calls/${ids[0]}/transcript`, { engine: "trunkline-acoustic" })).status).toBe(409);
  });

  it("have the strip of what was measured, also where another engine is still awaited", async () => {
    await reportOld(1);
    const input = { name: "voices", kind: "http" as const, model: null, microsPerMinute: 0, key: "key" };
    const server = { ...input, url: "https://transcribe.test/voices" };
    expect((await createEngine(depsOf(line.env), organization.id, server, ACT_AT_NOON)).ok).toBe(true);
    line.transcriber = () => new Response("", { status: 503 });
    const { callId } = (await rows())[0]!;
    await db.update(schema.calls).set({ talkStrip: "old" }).where(eq(schema.calls.id, callId));
    expect((await api("POST", `/v1/calls/${callId}/transcript`, { engine: "trunkline-acoustic" })).status).toBe(202);
    const [asked] = await rows();
    const engines = [...runsOf(asked!), newRun("voices", asked!.claims, NOON)];
    await db.update(schema.analyses).set({ engines }).where(eq(schema.analyses.id, asked!.id));
    await line.run();
    const [row] = await rows();
    expect([row!.state, row!.engineVersion]).toEqual(["pending", NEWEST]);
    const call = await db.select().from(schema.calls).where(eq(schema.calls.id, callId)).get();
    expect(call?.talkStrip).not.toBe("old");
  });

  it("keep the earlier findings as long as findings are kept, whatever becomes of the words", async () => {
    await reportOld(1);
    const callId = (await rows())[0]!.callId;
    expect((await api("POST", `/v1/calls/${callId}/transcript`, { engine: "trunkline-acoustic" })).status).toBe(202);
    await line.run();
    const [row] = await rows();
    const key = runsOf(row!)[0]!.findingsKey!;
    await sweepFindings(db, bucket, Date.now() + 40 * DAY, { pages: 100 });
    expect(await bucket.head(key)).not.toBeNull();
    const { set, keys } = await withoutWords(bucket, row!);
    expect(keys).not.toContain(key);
    expect(runsOf({ engines: set.engines })[0]).toMatchObject({ version: "2", findingsKey: key });
  });

  it("stay as they are where the recording is gone or was muted for good, and say why", async () => {
    await reportOld(2);
    const [gone, muted] = await rows();
    const recordings = await db.select().from(schema.recordings);
    const keyOf = (id: string) => recordings.find((one) => one.id === id)!.key!;
    await bucket.delete(keyOf(gone!.recordingId));
    const copy = `renditions/${organization.id}/${muted!.recordingId}/att_1`;
    await bucket.put(copy, "RIFF");
    await db.update(schema.recordings).set({ key: copy }).where(eq(schema.recordings.id, muted!.recordingId));
    for (const { callId } of [gone!, muted!])
      await api("POST", `/v1/calls/${callId}/transcript`, { engine: "trunkline-acoustic" });
    for (let round = 0; round < 10; round += 1) {
      await line.run();
      vi.setSystemTime(Date.now() + 61 * MINUTE);
      await line.cron();
    }
    await line.run();
    const after = await rows();
    expect(after.map(({ engineVersion, state }) => [engineVersion, state])).toEqual([
      ["2", "completed"],
      ["2", "completed"],
    ]);
    const reasons = after.map((row) => runsOf(row)[0]?.reason);
    expect(reasons).toContainEqual(expect.stringMatching(/^unreadable: /));
    expect(reasons).toContainEqual(expect.stringMatching(/^muted: /));
    expect(await Promise.all(after.map(async (row) => (await readFindings(bucket, row))?.silenceSeconds))).toEqual([
      99, 99,
    ]);
  });
});
