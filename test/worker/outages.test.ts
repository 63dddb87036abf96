import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { MINUTE } from "../../src/lib/time";
import { anuraNotice } from "../fixtures/anura-notice";
import { mintCampaign, mintEndpoint, mintOrganization, NOON } from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

// Each operation of the database, the bucket, the queues and the endpoint's object fails once, in turn. The sender
// sends again what was not answered with a 2xx, the queue delivers again, the clock goes on: it ends where an
// undisturbed run ends. (What an object does when its own storage or its subscriber fails: endpoint-faults.test.ts.)

const db = openDatabase(env.DB);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Gate = (operation: string) => void;

function gated<T extends object>(target: T, kind: string, names: readonly string[], gate: Gate): T {
  return new Proxy(target, {
    get(inner, name) {
      const value: unknown = Reflect.get(inner, name);
      if (typeof value !== "function") return value;
      if (!names.includes(String(name))) return value.bind(inner) as unknown;
      return async (...args: unknown[]) => {
        gate(`${kind} ${String(name)}`);
        return (await value.apply(inner, args)) as unknown;
      };
    },
  });
}

/** Statements stay the runtime's own, because a batch takes no others: their methods are replaced on them. */
function gatedDatabase(database: D1Database, gate: Gate): D1Database {
  function prepared(statement: D1PreparedStatement): D1PreparedStatement {
    const bind = statement.bind.bind(statement);
    statement.bind = (...values) => prepared(bind(...values));
    for (const name of ["first", "all", "run", "raw"] as const) {
      const method = statement[name].bind(statement) as (...args: unknown[]) => Promise<unknown>;
      Reflect.set(statement, name, async (...args: unknown[]) => {
        gate(`database ${name}`);
        return method(...args);
      });
    }
    return statement;
  }
  const batches = gated(database, "database", ["batch"], gate);
  return new Proxy(batches, {
    get: (inner, name) =>
      name === "prepare" ? (sql: string) => prepared(database.prepare(sql)) : (Reflect.get(inner, name) as unknown),
  });
}

/** An object fails before it was asked, or when it has done what was asked: then only the answer is lost. */
function gatedObjects(namespace: Env["ENDPOINTS"], gate: Gate): Env["ENDPOINTS"] {
  return new Proxy(namespace, {
    get(target, name) {
      if (name !== "getByName") return Reflect.get(target, name) as unknown;
      return (object: string) => ({
        enqueue: async (...events: Parameters<ReturnType<typeof target.getByName>["enqueue"]>) => {
          gate("object before");
          const answer = await target.getByName(object).enqueue(...events);
          gate("object answer");
          return answer;
        },
      });
    },
  });
}

type Run = {
  operations: string[];
  /** How many of them came before each turn. */
  before: number[];
  outcome: string[];
  delivered: string[];
};

/** One recorded call, from the notice to the last event. `failAt`: the operation that fails. */
async function run(failAt: number): Promise<Run> {
  vi.setSystemTime(NOON);
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  await mintEndpoint(db, organization.id);
  const operations: string[] = [];
  const gate: Gate = (operation) => {
    operations.push(operation);
    // Overloaded: else an object would be asked again at once.
    if (operations.length === failAt) throw Object.assign(new Error(`${operation} is away`), { overloaded: true });
  };
  const bucket = gated(env.BUCKET, "bucket", ["put", "get", "head", "delete", "list"], gate);
  const objects = gatedObjects(env.ENDPOINTS, gate);
  const line = newPipeline({ DB: gatedDatabase(env.DB, gate), BUCKET: bucket, ENDPOINTS: objects });
  for (const name of ["INGEST_QUEUE", "RECORDINGS_QUEUE", "ANALYSIS_QUEUE", "EVENTS_QUEUE"] as const)
    line.env[name] = gated(line.env[name] as object, name, ["send", "sendBatch"], gate) as never;
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  const body = anuraNotice({ dialtime: "2026-08-20 10:30:45", campaign_id: campaign.number, cdrid: "cdr-1" });
  // A consumer that throws, and a cron that does: the platform delivers again, and calls again.
  const orAgain = (work: () => Promise<unknown>) => work().catch(work);
  let answer = await line.post("/webhook/anura/", body, headers);
  if (!answer.ok) answer = await line.post("/webhook/anura/", body, headers);
  const { call_id: callId } = await answer.json<{ call_id: string }>();
  const before: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    before.push(operations.length);
    const onQueue = line.sent.filter(({ queue }) => queue === QUEUES.ingest).map((message) => message.body);
    await orAgain(() => line.run());
    if (onQueue.length > 0) await orAgain(() => line.deliver(QUEUES.ingest, onQueue));
    vi.setSystemTime(Date.now() + 20 * MINUTE);
    await orAgain(() => line.cron());
  }
  await line.run();
  const events = await db
    .select({ type: schema.events.type })
    .from(schema.events)
    .where(eq(schema.events.stream, callId))
    .orderBy(asc(schema.events.seq));
  const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, callId));
  const tasks = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, callId));
  await vi.waitFor(() => expect(takenOnce(line, callId)).toHaveLength(events.length));
  return {
    operations,
    before,
    delivered: takenOnce(line, callId),
    outcome: [...events.map(({ type }) => type), ...recordings.map(({ state }) => state), `${tasks.length} task`],
  };
}

/** What the subscriber got of the call, in order; what came again is left out. */
function takenOnce({ hooks }: Pipeline, callId: string): string[] {
  const seen = new Map<string, string>();
  for (const { event } of hooks)
    if (JSON.stringify(event.data).includes(callId) && !seen.has(event.id))
      seen.set(event.id, `${event.seq} ${event.type}`);
  return [...seen.values()];
}

function typesOf(delivered: readonly string[]): Set<string | undefined> {
  return new Set(delivered.map((one) => one.split(" ")[1]));
}

describe("an operation that fails once", () => {
  it("delays what it was for, whichever it is", async () => {
    const undisturbed = await run(0);
    expect(undisturbed.outcome).toEqual(expect.arrayContaining(["recording.completed", "call.processed", "1 task"]));
    expect(undisturbed.operations.length).toBeGreaterThan(20);
    expect(undisturbed.delivered.length).toBe(undisturbed.outcome.length - 2);
    for (const kind of ["database", "bucket", "INGEST_QUEUE", "RECORDINGS_QUEUE", "ANALYSIS_QUEUE", "object"])
      expect(undisturbed.operations.some((operation) => operation.startsWith(kind))).toBe(true);
    // The second turn and the last are empty sweeps, which the third does too beside those of every hour.
    const [, second = 0, third = 0, last = 0] = undisturbed.before;
    const each = undisturbed.operations.map((_, index) => index + 1);
    const failing = each.filter((at) => at <= second || (at > third && at <= last));
    for (const at of failing) {
      const { operations, outcome, delivered } = await run(at);
      const failed = operations[at - 1];
      expect({ failed, seqs: delivered.map((one) => Number(one.split(" ")[0])) }).toEqual({
        failed,
        seqs: delivered.map((_, index) => index + 1),
      });
      expect(delivered).toHaveLength(undisturbed.delivered.length);
      expect(typesOf(delivered)).toEqual(typesOf(undisturbed.delivered));
      expect({ failed, at, outcome: outcome.toSorted() }).toEqual({
        failed,
        at,
        outcome: undisturbed.outcome.toSorted(),
      });
    }
    console.log(`outages: ${failing.length} operations failed in turn, 0 calls lost, 0 out of order`);
  }, 1_800_000);
});
