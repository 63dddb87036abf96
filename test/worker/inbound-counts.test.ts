import { ingestMessage } from "./ingest-message";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, expect, it, vi } from "vitest";
import { FULL_REACH } from "../../src/identity";
import { openDatabase } from "../../src/db/client";
import { inbound, sourceCounts } from "../../src/db/schema";
import { newId } from "../../src/lib/id";
import type { IngestMessage } from "../../src/queues/messages";
import { defaultSourceOf, UNOWNED_PER_HOUR, replayInbound, UNPROVEN_PER_HOUR } from "../../src/sources";
import { ACT_AT_NOON, mintCampaign, mintOrganization } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { deadLetterOf, newPipeline, QUEUES } from "./pipeline";

const db = openDatabase(env.DB);
const NOW = Date.now();

afterEach(() => vi.restoreAllMocks());

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function tenant() {
  const organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
  return { ...organization, sourceId: await defaultSourceOf("anura", organization.id) };
}

function message(organizationId: string, sourceId: string | null, changes: Partial<IngestMessage> = {}): IngestMessage {
  const body = bytes(renderAnura());
  return ingestMessage({
    organizationId,
    sourceId,
    sourceKind: "anura",
    receivedAt: NOW,
    body,
    proven: true,
    ...changes,
  });
}

async function counted(organizationId: string): Promise<Record<string, number>> {
  const rows = await db.select().from(sourceCounts).where(eq(sourceCounts.organizationId, organizationId));
  return Object.fromEntries(rows.map((row) => [`${row.outcome} ${row.reason}`.trim(), row.requests]));
}

it("counts what the consumer decides by what became of it, in one row for each kind", async () => {
  const line = newPipeline();
  const { id, sourceId } = await tenant();
  await line.deliver(QUEUES.ingest, [
    message(id, sourceId),
    message(id, sourceId),
    message(id, sourceId, { body: bytes(renderAnura({ calling: "+541100000000" }, 99)) }),
    message(id, sourceId, { body: bytes("{}") }),
    message(id, sourceId, { verdict: "ignored", reason: "not_recorded" }),
    message(id, sourceId, { verdict: "refused", reason: "missing_fields", status: 422 }),
  ]);
  expect(await counted(id)).toEqual({
    accepted: 2,
    "quarantined unknown_campaign": 1,
    "refused missing_fields": 1,
    "ignored not_recorded": 1,
  });
});

it("counts a message once, however often it is delivered", async () => {
  const line = newPipeline();
  const { id, sourceId } = await tenant();
  const given = message(id, sourceId);
  await line.deliver(QUEUES.ingest, [given, given]);
  await line.deliver(QUEUES.ingest, [given]);
  await line.deliver(deadLetterOf(QUEUES.ingest), [given]);
  expect(await counted(id)).toEqual({ accepted: 1 });
});

it("counts what was given up, and no replay and no call we asked for", async () => {
  const line = newPipeline();
  const { id, sourceId } = await tenant();
  const given = message(id, sourceId);
  await line.deliver(deadLetterOf(QUEUES.ingest), [given]);
  await line.deliver(deadLetterOf(QUEUES.ingest), [message(id, sourceId, { verdict: "refused", status: 422 })]);
  const sent: IngestMessage[] = [];
  const inbox = { put: async (one: IngestMessage) => void sent.push(one) };
  const replayed = await replayInbound({ db, bucket: env.BUCKET, inbox }, { ...given, reach: FULL_REACH }, ACT_AT_NOON);
  if (!replayed.ok) throw new Error("cannot be replayed");
  await line.deliver(QUEUES.ingest, [...sent, message(id, sourceId, { form: "listed" })]);
  expect(await counted(id)).toEqual({ "dead processing_failed": 1 });
  const [row] = await db
    .select()
    .from(inbound)
    .where(and(eq(inbound.organizationId, id), eq(inbound.id, given.id)));
  expect(row?.outcome).toBe("accepted");
});

it("counts through the whole Worker: a refusal by the edge, a call by the consumer, each once", async () => {
  const line = newPipeline();
  const { id, key } = await tenant();
  const headers = { "x-api-key": key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", "{}", headers)).status).toBe(422);
  expect((await line.post("/webhook/anura/", renderAnura(), headers)).status).toBe(200);
  await line.run();
  await vi.waitFor(async () => expect(await counted(id)).toEqual({ accepted: 1, "refused missing_fields": 1 }));
});

it("costs one more row for a call that comes alone", async () => {
  const { id, sourceId } = await tenant();
  let written = 0;
  const prepared = new WeakMap<object, string>();
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare")
        return (text: string) => {
          const statement = target.prepare(text);
          return {
            bind: (...values: unknown[]) => {
              const bound = statement.bind(...values);
              prepared.set(bound, text);
              return bound;
            },
            all: () => statement.all(),
            run: () => statement.run(),
          };
        };
      if (property === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          results.forEach(({ meta }, index) => {
            if (prepared.get(statements[index]!)?.includes("source_counts")) written += meta.rows_written;
          });
          return results;
        };
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const line = newPipeline({ DB });
  await line.deliver(QUEUES.ingest, [message(id, sourceId)]);
  expect(await counted(id)).toEqual({ accepted: 1 });
  expect(written).toBe(1);
});

it.each([
  ["an organization", "org_flooded", UNPROVEN_PER_HOUR],
  ["nobody", "", UNOWNED_PER_HOUR],
])(
  "logs so many unproven refusals of %s an hour, however many isolates send them",
  async (_name, organizationId, most) => {
    const line = newPipeline();
    const junk = (count: number, receivedAt: number) =>
      Array.from({ length: count }, () =>
        message(organizationId, null, {
          id: newId("inb", receivedAt),
          receivedAt,
          verdict: "refused",
          reason: "wrong_signature",
          status: 401,
          proven: false,
          body: null,
        }),
      );
    const logged = async () =>
      (await db.select({ id: inbound.id }).from(inbound).where(eq(inbound.organizationId, organizationId))).length;
    for (let batch = 0; batch < 4; batch += 1) await line.deliver(QUEUES.ingest, junk(100, NOW));
    expect(await logged()).toBe(most);
    const proven = message(organizationId, null, { verdict: "refused", reason: "missing_fields", status: 422 });
    await line.deliver(QUEUES.ingest, [proven]);
    expect(await logged()).toBe(most + 1);
    await line.deliver(QUEUES.ingest, junk(1, NOW + 3_600_001));
    expect(await logged()).toBe(most + 2);
  },
);
