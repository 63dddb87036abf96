import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallFacts } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { jobDeps } from "../../src/jobs";
import { ok } from "../../src/lib/result";
import { MINUTE } from "../../src/lib/time";
import { workOnSlowLane } from "../../src/pipeline";
import { newKnownServers } from "../../src/pipeline/known-servers";
import { PLATFORMS } from "../../src/platforms";
import type { IngestMessage } from "../../src/queues/messages";
import { mintCampaign, mintEndpoint, mintOrganization, mintSource } from "../factories";
import { counting } from "./counting";
import { ingestMessage } from "./ingest-message";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { report } from "./report-calls";

// D1 runs a thousand statements in an invocation. A batch of messages is written by a few, whatever is in it, and what
// they leave is what the messages would leave one by one.

const db = openDatabase(env.DB);
const SIZE = 100;
const MOST_OF_A_BATCH = 50;
const MOST_OF_AN_INVOCATION = 1000;

type Tenant = { organizationId: string; sourceId: string };

async function mintTenant(settings: object = {}): Promise<Tenant> {
  const { id: organizationId } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const source = await mintSource(db, organizationId, {
    kind: "audian",
    ...("campaignId" in settings ? { campaignId: null } : { campaignId: campaign.id }),
  });
  return { organizationId, sourceId: source.id };
}

beforeEach(() => {
  // The body of a test's notice is its facts.
  vi.spyOn(PLATFORMS.audian, "read").mockImplementation(async (body) =>
    ok({ kind: "calls", facts: JSON.parse(new TextDecoder().decode(body)) as CallFacts[] }),
  );
});

afterEach(() => vi.restoreAllMocks());

function messageOf(tenant: Tenant, facts: Partial<CallFacts>[], changes: Partial<IngestMessage> = {}): IngestMessage {
  const all = facts.map((one) => ({ externalId: "", outcome: "completed", recordings: [], ...one }));
  const body = Uint8Array.from(new TextEncoder().encode(JSON.stringify(all)));
  return ingestMessage({ ...tenant, sourceKind: "audian", body, ...changes });
}

async function deliver(bodies: IngestMessage[], overrides: Partial<Env> = {}) {
  const { DB, counts } = counting(env.DB);
  const line = newPipeline({ DB, ...overrides });
  const result = await line.deliver(QUEUES.ingest, bodies);
  return { ...counts, ...result, line };
}

/** What the messages of a tenant left, without what differs between two tenants. */
async function leftBy({ organizationId }: Tenant) {
  const calls = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organizationId));
  const nameOf = new Map(calls.map((call) => [call.id, call.externalId]));
  const recordings = await db
    .select()
    .from(schema.recordings)
    .where(eq(schema.recordings.organizationId, organizationId));
  const events = await db
    .select()
    .from(schema.events)
    .where(eq(schema.events.organizationId, organizationId))
    .orderBy(asc(schema.events.stream), asc(schema.events.seq));
  const operators = await db.select().from(schema.operators).where(eq(schema.operators.organizationId, organizationId));
  const log = await db.select().from(schema.inbound).where(eq(schema.inbound.organizationId, organizationId));
  const counts = await db
    .select()
    .from(schema.sourceCounts)
    .where(eq(schema.sourceCounts.organizationId, organizationId));
  const marks = await db
    .select()
    .from(schema.pendingStreams)
    .where(eq(schema.pendingStreams.organizationId, organizationId));
  const operatorOf = new Map(operators.map((operator) => [operator.id, operator.foldedName]));
  return {
    calls: calls
      .map(({ id: _id, organizationId: _o, sourceId: _s, writer: _w, createdAt: _c, updatedAt: _u, ...call }) => ({
        ...call,
        campaignId: call.campaignId !== null,
        operatorId: operatorOf.get(call.operatorId ?? ""),
        finalizeAt: call.finalizeAt > 0,
      }))
      .toSorted(byText),
    recordings: recordings
      .map(({ callId, externalId, url, state, nudgeAfter }) => [nameOf.get(callId), externalId, url, state, nudgeAfter])
      .toSorted(byText),
    events: events.map(({ stream, seq, type }) => [nameOf.get(stream), seq, type]).toSorted(byText),
    operators: operators.map(({ name, foldedName, needsReview }) => [name, foldedName, needsReview]).toSorted(byText),
    log: log
      .map(({ body, callId, outcome, reason, headers, status, form, bodySize }) => [
        body && new TextDecoder().decode(new Uint8Array(body)),
        nameOf.get(callId ?? ""),
        outcome,
        reason,
        headers,
        status,
        form,
        bodySize,
      ])
      .toSorted(byText),
    counts: counts.map(({ outcome, reason, requests }) => [outcome, reason, requests]).toSorted(byText),
    marks: marks.map(({ stream, fromSeq }) => [nameOf.get(stream), fromSeq]).toSorted(byText),
  };
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

const MOMENT = Date.parse("2026-10-01T12:00:00Z");

/** Notices of as many calls, no two quite alike. */
function usual(at: number): Partial<CallFacts> {
  return {
    externalId: `call ${at}`,
    direction: at % 2 === 0 ? "inbound" : "outbound",
    from: `1${at}`,
    startedAt: MOMENT + at,
    startedAtRaw: "noon",
    operatorName: at % 3 === 0 ? "Ana" : `Agent ${at}`,
    durationSeconds: at / 4,
    custom: { at, "why?": "it's “odd”?" },
    recordings: [{ externalId: "r", url: `https://pbx.test/${at}` }],
  };
}

const KINDS: [string, (at: number) => Partial<CallFacts>[]][] = [
  ["the usual notices", (at) => [usual(at)]],
  ["calls that go on", (at) => [{ ...usual(at), outcome: "in_progress" }]],
  [
    "twenty recordings each",
    (at) => [
      {
        externalId: `${at}`,
        startedAt: MOMENT,
        recordings: Array.from({ length: 20 }, (_, one) => ({ externalId: `${one}`, url: `https://pbx.test/${one}` })),
      },
    ],
  ],
  [
    "texts that no platform should send",
    (at) => [
      {
        ...usual(at),
        from: ["a\u0000b", "\ud800", "😀?", "'); DROP TABLE calls; --", '{"a":[1]}', "12", "1e3"][at % 7]!,
        operatorName: `${at} \u0000?`,
        recordings: [{ externalId: "r", url: null }],
      },
    ],
  ],
  ["long talks", (at) => [{ ...usual(at), transcript: "so ".repeat(9_000) }]],
];

describe(`${SIZE} messages at once`, () => {
  it.each(KINDS)("with %s are few statements", async (_, factsOf) => {
    const tenant = await mintTenant();
    const messages = Array.from({ length: SIZE }, (_one, at) => messageOf(tenant, factsOf(at)));
    const { statements, acked } = await deliver(messages);
    expect(acked).toBe(SIZE);
    expect(statements).toBeLessThanOrEqual(MOST_OF_A_BATCH);
    const { calls, events } = await leftBy(tenant);
    expect(calls).toHaveLength(SIZE);
    expect(events).toHaveLength(calls.filter(({ terminal }) => terminal !== null).length);
  });

  it.each(KINDS)("with %s leave what they leave one by one, and write no row more", async (_, factsOf) => {
    const [together, apart] = [await mintTenant(), await mintTenant()];
    const receivedAt = Date.now();
    const messages = (tenant: Tenant) =>
      Array.from({ length: 21 }, (_one, at) => messageOf(tenant, factsOf(at), { receivedAt }));
    const inOne = await deliver(messages(together));
    let rows = 0;
    for (const message of messages(apart)) rows += (await deliver([message])).rows;
    expect(inOne.rows).toBeLessThanOrEqual(rows);
    expect(await leftBy(together)).toEqual(await leftBy(apart));
  });

  it("that correct as many calls, each another of its values, are few statements", async () => {
    const tenant = await mintTenant();
    await deliver(
      Array.from({ length: SIZE }, (_, at) => messageOf(tenant, [{ ...usual(at), outcome: "in_progress" }])),
    );
    const change = (at: number): Partial<CallFacts>[] => [
      {
        ...usual(at),
        durationSeconds: at + 1,
        outcome: at % 5 === 0 ? "in_progress" : "completed",
        ...(at % 2 === 0 ? { operatorName: `Zoë ${at}` } : {}),
        ...(at % 3 === 0 ? { startedAt: MOMENT - 5_000 } : {}),
        ...(at % 7 === 0 ? { transcript: `Hello ${at}` } : {}),
      },
    ];
    const { statements, acked } = await deliver(Array.from({ length: SIZE }, (_, at) => messageOf(tenant, change(at))));
    expect(acked).toBe(SIZE);
    expect(statements).toBeLessThanOrEqual(MOST_OF_A_BATCH);
    const { calls, events } = await leftBy(tenant);
    expect(calls.filter(({ state }) => state === "in_progress")).toHaveLength(SIZE / 5);
    for (const call of calls) {
      const at = Number(call.externalId.slice("call ".length));
      expect(call).toMatchObject({
        version: 2,
        startedAt: at % 3 === 0 ? MOMENT - 5_000 : MOMENT + at,
        operatorName: at % 2 === 0 ? `Zoë ${at}` : usual(at).operatorName,
      });
      expect(call.conversation?.transcript ?? null).toBe(at % 7 === 0 ? `Hello ${at}` : null);
    }
    expect(events.filter(([, , type]) => type === "call.completed")).toHaveLength((SIZE * 4) / 5);
  });

  it("of ten calls, twice each and some in doubt, are few statements", async () => {
    const [bound, unbound] = [await mintTenant(), await mintTenant({ campaignId: null })];
    const messages = Array.from({ length: SIZE / 2 }, (_, at) =>
      messageOf(at % 2 === 0 ? bound : unbound, [{ ...usual(at % 10), durationSeconds: at }]),
    );
    const { statements, acked } = await deliver([...messages, ...messages]);
    expect(acked).toBe(SIZE);
    expect(statements).toBeLessThanOrEqual(MOST_OF_A_BATCH);
    const [sure, inDoubt] = [await leftBy(bound), await leftBy(unbound)];
    expect(sure.calls).toHaveLength(5);
    expect(inDoubt.calls.map(({ quarantine }) => quarantine)).toEqual(Array(5).fill("no_campaign"));
    expect(sure.log).toHaveLength(SIZE / 4);
    expect(new Set(inDoubt.log.map(([, , outcome]) => outcome))).toEqual(new Set(["quarantined"]));
    expect(sure.counts).toEqual([["accepted", "", SIZE / 4]]);
  });

  it("that were turned away are few statements, and no more are logged than may be", async () => {
    const { organizationId, sourceId } = await mintTenant();
    const refused = { verdict: "refused", reason: "bad_signature", proven: false, body: null } as const;
    const messages = Array.from({ length: SIZE }, () => messageOf({ organizationId, sourceId }, [], refused));
    const first = await deliver(messages.slice(0, 60));
    const second = await deliver(
      messages.slice(30).map((one, at) => (at < 30 ? one : messageOf({ organizationId, sourceId }, [], refused))),
    );
    const third = await deliver(
      Array.from({ length: SIZE }, () => messageOf({ organizationId, sourceId }, [], refused)),
    );
    for (const { statements } of [first, second, third]) expect(statements).toBeLessThanOrEqual(20);
    const log = await db.select().from(schema.inbound).where(eq(schema.inbound.organizationId, organizationId));
    expect(log.length).toBe(SIZE);
  });

  it("of which one cannot be worked on: the others are, within an invocation", async () => {
    const tenant = await mintTenant();
    const bad = 37;
    const messages = Array.from({ length: SIZE }, (_, at) =>
      messageOf(tenant, [usual(at)], at === bad ? { body: null, bodyKey: "inbound/broken" } : {}),
    );
    const BUCKET = { get: async () => Promise.reject(new Error("storage is away")) } as unknown as R2Bucket;
    const { statements, acked, retried } = await deliver(messages, { BUCKET });
    expect([acked, retried]).toEqual([SIZE - 1, 1]);
    expect(statements).toBeLessThan(MOST_OF_AN_INVOCATION);
  });
});

/** Objects that take everything at once: what they leave to a queue when they are slow is not counted here. */
const ENDPOINTS = {
  getByName: () => ({
    enqueue: async (_config: unknown, events: readonly unknown[]) => ({
      accepted: events.length,
      duplicates: 0,
      refused: null,
    }),
  }),
} as never;

/** Notices of usual calls with an operator and a recording, worked on to their last event. */
async function workOff(calls: number, fetchRecordings?: (line: Pipeline, bodies: unknown[]) => Promise<void>) {
  const tenant = await mintTenant();
  await mintEndpoint(db, tenant.organizationId, { createdAt: 0 });
  const { DB, counts } = counting(env.DB);
  const line = newPipeline({ DB, ENDPOINTS });
  // The operator is known, as they mostly are.
  await line.deliver(QUEUES.ingest, [messageOf(tenant, [{ ...usual(1_000), operatorName: "Ana", recordings: [] }])]);
  Object.assign(counts, { statements: 0, rows: 0 });
  await line.deliver(
    QUEUES.ingest,
    Array.from({ length: calls }, (_, at) => messageOf(tenant, [{ ...usual(at), operatorName: "Ana" }])),
  );
  const inBatches = async (queue: string, size: number, bodies: unknown[]) => {
    expect(bodies).toHaveLength(calls);
    for (let at = 0; at < calls; at += size) await line.deliver(queue, bodies.slice(at, at + size));
  };
  const sent = () => line.sent.splice(0).map(({ body }) => body);
  if (fetchRecordings) await fetchRecordings(line, sent());
  else await inBatches(QUEUES.recordings, 5, sent());
  await inBatches(QUEUES.analysis, 1, sent());
  // Nothing is left for the queues: everything was handed over by its writer.
  expect(line.sent).toEqual([]);
  const { events, marks } = await leftBy(tenant);
  // Beside them the two events of the call that made the operator known.
  expect(events).toHaveLength(6 * calls + 2);
  expect(marks).toEqual([]);
  return { statements: counts.statements / calls, rows: counts.rows / calls };
}

/** With one of the queue of open tasks (ADR 0073), and marks that stay while more is due (ADR 0055). */
const ROWS_OF_A_CALL = 27;

describe("a usual call, from its notice to its last event,", () => {
  // One of them asks for the organization's rules, which are then known for half a minute.
  it("takes at most 27 statements and 27 rows where it is the first of its source and alone", async () => {
    const { statements, rows } = await workOff(1);
    expect(statements).toBeLessThanOrEqual(27);
    expect(rows).toBeLessThanOrEqual(ROWS_OF_A_CALL);
  });

  it("takes at most twelve statements and 27 rows among twenty", async () => {
    const { statements, rows } = await workOff(20);
    expect(statements).toBeLessThanOrEqual(12);
    expect(rows).toBeLessThanOrEqual(ROWS_OF_A_CALL);
  });

  it("takes at most 18 statements among twenty whose recordings their source's lane fetches, one by one at the worst", async () => {
    const { statements } = await workOff(20, async (line, bodies) => {
      line.servers = newKnownServers();
      const deps = () => jobDeps(line.env, line.servers).recordings;
      const lanes = { idFromName: (name: string) => name, get: () => ({ wake: async () => [] }) };
      line.env.SOURCE_LANES = lanes as never;
      for (let at = 0; at < bodies.length; at += 5) await line.deliver(QUEUES.recordings, bodies.slice(at, at + 5));
      const [{ sourceId } = { sourceId: "" }] = await db
        .select({ sourceId: schema.recordings.sourceId })
        .from(schema.recordings)
        .where(eq(schema.recordings.callId, (bodies[0] as { callId: string }).callId));
      await workOnSlowLane(deps(), sourceId, {
        until: Date.now() + MINUTE,
        woken: () => new Promise(() => undefined),
      });
    });
    expect(statements).toBeLessThanOrEqual(18);
  });
});

it("a reference that two calls of one batch bring, each with another name, is whose it first was", async () => {
  const { organizationId, sourceId } = await mintTenant();
  const [campaign] = await db
    .select()
    .from(schema.campaigns)
    .where(eq(schema.campaigns.organizationId, organizationId));
  await report({ organizationId, sourceId, campaignId: campaign!.id }, [
    { externalId: "1", operatorName: "Ana", operatorReference: "audian:user:7" },
    { externalId: "2", operatorName: "Bea", operatorReference: "audian:user:7" },
    { externalId: "3", operatorReference: "audian:user:7" },
  ]);
  const { calls } = await leftBy({ organizationId, sourceId });
  expect(calls.map(({ operatorId }) => operatorId)).toEqual(["ana", "ana", "ana"]);
});

it("a call that leaves quarantine with two recordings gets one task, told once, and an analysis of each", async () => {
  const tenant = await mintTenant({ campaignId: null });
  const { organizationId } = tenant;
  const recordings = ["a", "b"].map((externalId) => ({ externalId, url: `https://pbx.test/${externalId}` }));
  const { line } = await deliver([messageOf(tenant, [{ ...usual(1), recordings }])]);
  await line.run();
  const [call] = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organizationId));
  const [campaign] = await db
    .select()
    .from(schema.campaigns)
    .where(eq(schema.campaigns.organizationId, organizationId));
  const choice = { organizationId, callIds: [call!.id], campaignId: campaign!.id, onlyWaiting: true };
  await line.deliver(QUEUES.ingest, [{ kind: "placement", id: "plc_1", ...choice }]);
  const types = (await leftBy(tenant)).events.map(([, , type]) => type);
  expect(types.filter((type) => type === "task.created")).toHaveLength(1);
  expect(types.filter((type) => type === "analysis.created")).toHaveLength(2);
});
