import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { MINUTE } from "../../src/lib/time";
import { anuraNotice } from "../fixtures/anura-notice";
import { mintCampaign, mintOrganization, NOON } from "../factories";
import { newPipeline, QUEUES } from "./pipeline";

// Each operation of the database, the bucket and the queues fails once, in turn. The sender sends again what was not
// answered with a 2xx, the queue delivers again, the clock goes on: it ends where an undisturbed run ends. (What an
// endpoint object does when its storage or its subscriber fails: endpoint-faults.test.ts.)

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

type Run = { operations: string[]; outcome: string[] };

/** One recorded call, from the notice to the last event. `failAt`: the operation that fails. */
async function run(failAt: number): Promise<Run> {
  vi.setSystemTime(NOON);
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const operations: string[] = [];
  const gate: Gate = (operation) => {
    operations.push(operation);
    if (operations.length === failAt) throw new Error(`${operation} is away`);
  };
  const bucket = gated(env.BUCKET, "bucket", ["put", "get", "head", "delete", "list"], gate);
  const line = newPipeline({ DB: gatedDatabase(env.DB, gate), BUCKET: bucket });
  for (const name of ["INGEST_QUEUE", "RECORDINGS_QUEUE", "ANALYSIS_QUEUE", "EVENTS_QUEUE"] as const)
    line.env[name] = gated(line.env[name] as object, name, ["send", "sendBatch"], gate) as never;
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  const body = anuraNotice({ dialtime: "2026-08-20 10:30:45", campaign_id: campaign.number, cdrid: "cdr-1" });
  // A consumer that throws, and a cron that does: the platform delivers again, and calls again.
  const orAgain = (work: () => Promise<unknown>) => work().catch(work);
  let answer = await line.post("/webhook/anura/", body, headers);
  if (!answer.ok) answer = await line.post("/webhook/anura/", body, headers);
  const { call_id: callId } = await answer.json<{ call_id: string }>();
  for (let turn = 0; turn < 4; turn += 1) {
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
  return {
    operations,
    outcome: [...events.map(({ type }) => type), ...recordings.map(({ state }) => state), `${tasks.length} task`],
  };
}

describe("an operation that fails once", () => {
  it("delays what it was for, whichever it is", async () => {
    const undisturbed = await run(0);
    expect(undisturbed.outcome).toEqual(expect.arrayContaining(["recording.completed", "call.processed", "1 task"]));
    expect(undisturbed.operations.length).toBeGreaterThan(20);
    for (const kind of ["database", "bucket", "INGEST_QUEUE", "RECORDINGS_QUEUE", "ANALYSIS_QUEUE"])
      expect(undisturbed.operations.some((operation) => operation.startsWith(kind))).toBe(true);
    // What runs after the call is done (empty sweeps) is the same for each: only the way of the call is gone through.
    for (let at = 1; at <= undisturbed.operations.length; at += 1) {
      const { operations, outcome } = await run(at);
      expect({ failed: operations[at - 1], at, outcome: outcome.toSorted() }).toEqual({
        failed: operations[at - 1],
        at,
        outcome: undisturbed.outcome.toSorted(),
      });
    }
    console.log(`outages: ${undisturbed.operations.length} operations failed in turn, 0 calls lost`);
  }, 900_000);
});
