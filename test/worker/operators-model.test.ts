import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { operatorIdOf } from "../../src/operators";
import { mintCampaign, mintOrganization } from "../factories";
import { aroundWrites } from "./around-writes";
import { newPipeline, QUEUES } from "./pipeline";
import { report } from "./report-calls";
import { seedsOf } from "../long-runs";

// A random life of an organization's operators: calls come in, people merge and undo, also between the reading and the
// writing of others; messages get lost, come twice, or end in a crash. In the end every call is with whom its own
// reference or name means, through the merges that stand.

afterEach(() => vi.restoreAllMocks());

const NAMES = ["Ana", "Beto", "Cora", "Dina", "1001"];
const REFERENCES = ["pbx:user:1", "pbx:user:2", "pbx:user:3", null, null, null];

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

it.for(seedsOf(4))("every call ends with whom it belongs, seed %i", { timeout: 60_000 }, async (seed) => {
  const db = openDatabase(env.DB);
  const random = randomOf(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const platform = { organizationId: organization.id, sourceId: "src_x", campaignId: campaign.id };
  const ids = new Map<string, string>();
  for (const name of NAMES) ids.set(name, await operatorIdOf(organization.id, name));
  await report(
    platform,
    NAMES.map((operatorName) => ({ operatorName })),
  );
  const reported: string[] = [];
  // What the answers say stands: the model of the merges.
  const merged = new Map<string, string>();

  // The name just told: who changes anything while it is written changes just this one.
  let justReported: string | undefined;

  /** A person merges or undoes, and is told whether that went through. */
  async function change(): Promise<void> {
    const id = ids.get(justReported ?? pick(NAMES))!;
    const into = ids.get(pick(NAMES))!;
    const isUndo = justReported === undefined ? random() < 0.4 : merged.has(id);
    const body = JSON.stringify(isUndo ? {} : { into });
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const path = `/v1/operators/${id}/${isUndo ? "unmerge" : "merge"}`;
    const { status } = await line.post(path, body, headers);
    expect([202, 409, 422]).toContain(status);
    if (status !== 202) return;
    if (isUndo) merged.delete(id);
    else merged.set(id, into);
    // Its move may be over before anything else happens.
    if (random() < 0.5)
      await line.deliver(
        QUEUES.ingest,
        line.sent.splice(-1).map((message) => message.body),
      );
  }

  // Half of the writes of calls have somebody change who is who right before them.
  let isChanging = false;
  const changing = aroundWrites(env.DB, {
    before: async () => {
      if (isChanging || random() < 0.5) return;
      isChanging = true;
      await change();
      isChanging = false;
    },
  });
  const line = newPipeline();
  const busy = newPipeline({ DB: changing, INGEST_QUEUE: line.env.INGEST_QUEUE });
  const failing = newPipeline({
    DB: aroundWrites(env.DB, {
      after: () => (random() < 0.3 ? Promise.reject(new Error("crash")) : Promise.resolve()),
    }),
  });
  vi.spyOn(console, "error").mockImplementation(() => undefined);

  const facts = () => ({
    operatorName: pick(NAMES),
    operatorReference: pick(REFERENCES),
    startedAt: 1 + Math.floor(random() * 1e9),
  });
  async function reportCall(externalId: string): Promise<void> {
    const one = { ...facts(), externalId };
    justReported = one.operatorName;
    await report(platform, [one], pick([changing, env.DB]));
    justReported = undefined;
  }
  const steps: (() => Promise<unknown>)[] = [
    change,
    async () => {
      const externalId = `c${reported.length}`;
      reported.push(externalId);
      await reportCall(externalId);
    },
    // A later word of a known call may change its operator, and its place in the order that moves go through.
    async () => (reported.length > 0 ? reportCall(pick(reported)) : undefined),
    async () => {
      const message = line.sent.splice(0, 1)[0];
      if (message) await pick([line, busy, failing]).deliver(message.queue, [message.body]);
    },
    async () => {
      const message = line.sent.find(({ queue }) => queue === QUEUES.ingest);
      if (message) line.sent.splice(line.sent.indexOf(message), 1);
    },
  ];
  const ofOrganization = (table: { organizationId: AnySQLiteColumn }) => eq(table.organizationId, organization.id);

  /** Lets everything that is under way come to its end, and looks at every call. */
  async function expectAllInPlace(): Promise<void> {
    await db.update(schema.operatorMoves).set({ leaseUntil: 0 });
    await line.cron();
    await line.run();
    const moves = await db.select().from(schema.operatorMoves).where(ofOrganization(schema.operatorMoves));
    expect(moves.filter((move) => move.state !== "completed")).toEqual([]);
    const references = await db
      .select()
      .from(schema.operatorReferences)
      .where(ofOrganization(schema.operatorReferences));
    const ownerOf = new Map(references.map((row) => [row.reference, row.operatorId]));
    const endOf = (id: string): string => (merged.has(id) ? endOf(merged.get(id)!) : id);
    const calls = await db.select().from(schema.calls).where(ofOrganization(schema.calls));
    const belongs = calls.map((call) => {
      const start = ownerOf.get(call.operatorReference ?? "") ?? ids.get(call.operatorName ?? "")!;
      return [call.externalId, endOf(start)];
    });
    expect(calls.map((call) => [call.externalId, call.operatorId])).toEqual(belongs);
  }

  // Often enough that what went wrong is not put right by the next merge.
  for (let step = 1; step <= 90; step += 1) {
    await pick(steps)();
    if (step % 6 === 0) await expectAllInPlace();
  }
  expect(reported.length).toBeGreaterThan(10);
  expect(await db.select().from(schema.operatorMoves).where(ofOrganization(schema.operatorMoves))).not.toHaveLength(0);
});
