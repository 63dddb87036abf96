import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callIdOf, snapshotConversation, type CallFacts, type CallKey } from "../../src/calls";
import { openDatabase, type Database } from "../../src/db/client";
import { calls, events } from "../../src/db/schema";
import { readEventData, sweepSpills, catalog } from "../../src/events";
import { asksFor, type EndpointRow } from "../../src/delivery";
import { mergeCalls } from "../../src/pipeline/merge-calls";
import { DAY } from "../../src/lib/time";
import { QUEUES } from "../../src/queues/names";
import { mintCampaign, mintEndpoint, mintOrganization } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { nothingFollows } from "./report-calls";

const db = openDatabase(env.DB);
let line: Pipeline;
let organizationId: string;
let campaignId: string;
let endpoint: EndpointRow;
let serial = 0;

beforeEach(async () => {
  line = newPipeline();
  ({ id: organizationId } = await mintOrganization(db));
  ({ id: campaignId } = await mintCampaign(db, organizationId));
  endpoint = await mintEndpoint(db, organizationId, { createdAt: 0, events: ["call.processed"] });
});

afterEach(() => vi.restoreAllMocks());

async function newCall(): Promise<CallKey> {
  serial += 1;
  const name = { organizationId, sourceId: "src_1", externalId: `x${serial}` };
  return { ...name, id: await callIdOf(name), sourceKind: "custom" };
}

/** Merges one notice as the ingest consumer does. A call that ends without a recording is at rest at once. */
async function merge(
  key: CallKey,
  facts: Partial<CallFacts>,
  parts: { db?: Database; bucket?: R2Bucket } = {},
): Promise<void> {
  const notices = [
    {
      facts: { externalId: key.externalId, outcome: null, recordings: [], ...facts },
      receivedAt: Date.now(),
      replay: false,
    },
  ];
  const said = [{ key, sourceCampaignId: campaignId, campaignOfAccount: {}, notices }];
  await mergeCalls(
    {
      db,
      bucket: env.BUCKET,
      newWriter: () => crypto.randomUUID(),
      rulesOf: async () => [],
      ...nothingFollows,
      ...parts,
    },
    said,
    () => [],
    Date.now(),
  );
}

const rowsOf = (stream: string, type: string) =>
  db
    .select()
    .from(events)
    .where(and(eq(events.stream, stream), eq(events.type, type)))
    .orderBy(asc(events.seq));
const spillsOf = async (stream: string) =>
  (await env.BUCKET.list({ prefix: `events/${organizationId}/${stream}/` })).objects.map(({ key }) => key);
const drain = (stream: string) => line.deliver(QUEUES.events, [{ organizationId, stream }]);
const LONG = "bot: ¿en qué puedo ayudarle? 😀\n".repeat(9_000);

describe("an event that is too large for its row", () => {
  it("lies in the bucket, its row says where, and it is delivered whole", async () => {
    const key = await newCall();
    await merge(key, { outcome: "completed", transcript: LONG, summary: "long" });
    const [row] = await rowsOf(key.id, "call.processed");
    expect(row!.data.length).toBeLessThan(1_000);
    expect(JSON.parse(row!.data)).toMatchObject({ spilled: `events/${organizationId}/${key.id}/${row!.id}` });
    const whole = JSON.parse(await readEventData(env.BUCKET, row!.data)) as unknown;
    expect(catalog["call.processed"].parse(whole)).toEqual(whole);
    await drain(key.id);
    await vi.waitFor(() => expect(line.hooks).toHaveLength(1));
    expect(line.hooks[0]!.event).toMatchObject({
      id: row!.id,
      data: { conversation: { transcript: LONG, summary: "long" } },
    });
  });

  it("is the only one: what fits stays in its row, and only call.processed has the conversation", async () => {
    const key = await newCall();
    await merge(key, { outcome: "completed", transcript: LONG });
    const [completed] = await rowsOf(key.id, "call.completed");
    expect(JSON.parse(completed!.data)).not.toHaveProperty("spilled");
    expect(completed!.data).not.toContain("ayudarle");
    expect(await spillsOf(key.id)).toHaveLength(1);
    const small = await newCall();
    await merge(small, { outcome: "completed", transcript: "short" });
    expect(await spillsOf(small.id)).toEqual([]);
    const [row] = await rowsOf(small.id, "call.processed");
    const [call] = await db.select().from(calls).where(eq(calls.id, small.id));
    expect((JSON.parse(row!.data) as { conversation: unknown }).conversation).toEqual(snapshotConversation(call!));
  });

  it("still passes the filters it would pass whole", async () => {
    const key = await newCall();
    await merge(key, { outcome: "completed", transcript: LONG });
    const [row] = await rowsOf(key.id, "call.processed");
    expect(asksFor({ ...endpoint, filters: { campaignIds: [campaignId] } }, row!)).toBe(true);
    expect(asksFor({ ...endpoint, filters: { campaignIds: ["cmp_other"] } }, row!)).toBe(false);
    expect(asksFor({ ...endpoint, filters: { sourceIds: ["src_1"], minimumRisk: 90 } }, row!)).toBe(true);
    expect(asksFor({ ...endpoint, filters: { sourceIds: ["src_2"] } }, row!)).toBe(false);
  });

  it("is not recorded without its data: when the bucket fails nothing is written, and the next time all of it", async () => {
    const key = await newCall();
    let failures = 1;
    const bucket = new Proxy(env.BUCKET, {
      get: (target, name) => {
        if (name === "put" && failures-- > 0) return () => Promise.reject(new Error("R2 is away"));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    await expect(merge(key, { outcome: "completed", transcript: LONG }, { bucket })).rejects.toThrow("R2 is away");
    expect(await db.select().from(calls).where(eq(calls.id, key.id))).toEqual([]);
    await merge(key, { outcome: "completed", transcript: LONG }, { bucket });
    await merge(key, { outcome: "completed", transcript: LONG }, { bucket });
    expect(await rowsOf(key.id, "call.processed")).toHaveLength(1);
  });

  it("is tried again when the bucket fails at the attempt", async () => {
    const key = await newCall();
    await merge(key, { outcome: "completed", transcript: LONG });
    const [spill] = await spillsOf(key.id);
    const data = await (await env.BUCKET.get(spill!))!.text();
    await env.BUCKET.delete(spill!);
    await drain(key.id);
    const object = line.env.ENDPOINTS.getByName(`${endpoint.id}/0`);
    await vi.waitFor(async () => expect((await object.log(organizationId, { limit: 1 }))[0]?.attempts).toHaveLength(1));
    expect(line.hooks).toHaveLength(0);
    await env.BUCKET.put(spill!, data);
    await runInDurableObject(object, (_, state) => void state.storage.sql.exec("UPDATE deliveries SET due_at = 0"));
    await evictDurableObject(object);
    await runDurableObjectAlarm(object);
    await vi.waitFor(() => expect(line.hooks).toHaveLength(1));
  });

  it("leaves nothing behind when its batch comes to nothing: the sweep deletes what no event knows, and nothing else", async () => {
    const key = await newCall();
    await merge(key, { outcome: "completed", transcript: LONG });
    // A later batch about the same call prepares call.processed again, in vain.
    await merge(key, { outcome: "completed", durationSeconds: 5 });
    const [row] = await rowsOf(key.id, "call.processed");
    const known = `events/${organizationId}/${key.id}/${row!.id}`;
    expect(await spillsOf(key.id)).toHaveLength(2);
    const tomorrow = Date.now() + DAY + 60_000;
    expect(await sweepSpills(db, env.BUCKET, Date.now(), { pages: 9 })).toBe(0);
    for (let run = 0; run < 9; run += 1) await sweepSpills(db, env.BUCKET, tomorrow, { pages: 1, pageSize: 1 });
    expect(await spillsOf(key.id)).toEqual([known]);
    await sweepSpills(db, env.BUCKET, tomorrow, { pages: 9 });
    expect(await env.BUCKET.head("sweeps/events")).toBeNull();
  });
});

describe("a conversation", () => {
  it("survives two writers at once, each with a part of it", async () => {
    const key = await newCall();
    await Promise.all([
      merge(key, { transcript: "bot: Hola" }),
      merge(key, { summary: "renewed" }),
      merge(key, { agentId: "agent_1" }),
    ]);
    const [call] = await db.select().from(calls).where(eq(calls.id, key.id));
    expect(call!.conversation).toMatchObject({ transcript: "bot: Hola", summary: "renewed", agentId: "agent_1" });
  });

  it("that arrives before the end of a call is in its event", async () => {
    const key = await newCall();
    await merge(key, {
      transcript: "bot: Hola",
      timeline: [{ at: 0, kind: "action_start", speaker: null, text: "look up" }],
    });
    expect(await rowsOf(key.id, "call.processed")).toEqual([]);
    await merge(key, { outcome: "failed", error: "busy" });
    const [row] = await rowsOf(key.id, "call.processed");
    expect(JSON.parse(row!.data)).toMatchObject({
      conversation: {
        transcript: "bot: Hola",
        timeline: [{ at: "1970-01-01T00:00:00.000Z", kind: "action_start", speaker: null }],
      },
    });
  });
});
