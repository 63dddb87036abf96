import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { operatorIdOf } from "../../src/operators";
import { mintCampaign, mintOrganization } from "../factories";
import { aroundWrites } from "./around-writes";
import { newPipeline, QUEUES } from "./pipeline";
import { tell } from "./told-calls";

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

it.for([1, 2, 3, 4, 5, 6])("every call ends with whom it belongs, seed %i", { timeout: 60_000 }, async (seed) => {
  const db = openDatabase(env.DB);
  const random = randomOf(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const platform = { organizationId: organization.id, sourceId: "src_x", campaignId: campaign.id };
  const ids = new Map<string, string>();
  for (const name of NAMES) ids.set(name, await operatorIdOf(organization.id, name));
  await tell(
    platform,
    NAMES.map((operatorName) => ({ operatorName })),
  );
  const told: string[] = [];
  // What the answers say stands: the model of the merges.
  const merged = new Map<string, string>();

  /** A person merges or undoes, and is told whether that went through. */
  async function change(): Promise<void> {
    const name = pick(NAMES);
    const id = ids.get(name)!;
    const into = ids.get(pick(NAMES))!;
    const isUndo = random() < 0.4;
    const body = JSON.stringify(isUndo ? {} : { into });
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const path = `/v1/operators/${id}/${isUndo ? "unmerge" : "merge"}`;
    const { status } = await line.post(path, body, headers);
    expect([202, 409, 422]).toContain(status);
    if (status !== 202) return;
    if (isUndo) merged.delete(id);
    else merged.set(id, into);
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
    startedAt: 1 + random() * 1e9,
  });
  const steps: (() => Promise<unknown>)[] = [
    change,
    async () => {
      const externalId = `c${told.length}`;
      told.push(externalId);
      await tell(platform, [{ ...facts(), externalId }], random() < 0.5 ? changing : env.DB);
    },
    async () => {
      // A later word of a known call may change its operator, and its place in the order that moves go through.
      if (told.length > 0) await tell(platform, [{ ...facts(), externalId: pick(told) }], pick([changing, env.DB]));
    },
    async () => {
      const message = line.sent.splice(0, 1)[0];
      if (message) await pick([line, busy, failing]).deliver(message.queue, [message.body]);
    },
    async () => {
      const message = line.sent.find(({ queue }) => queue === QUEUES.ingest);
      if (message) line.sent.splice(line.sent.indexOf(message), 1);
    },
  ];
  for (let step = 0; step < 120; step += 1) await pick(steps)();

  for (let round = 0; round < 3; round += 1) {
    await db.update(schema.operatorMoves).set({ leaseUntil: 0 });
    await line.cron();
    await line.run();
  }
  const moves = await db
    .select()
    .from(schema.operatorMoves)
    .where(eq(schema.operatorMoves.organizationId, organization.id));
  expect(moves.length).toBeGreaterThan(3);
  expect(moves.filter((move) => move.state !== "completed")).toEqual([]);

  const references = await db
    .select()
    .from(schema.operatorReferences)
    .where(eq(schema.operatorReferences.organizationId, organization.id));
  const ownerOf = new Map(references.map((row) => [row.reference, row.operatorId]));
  const endOf = (id: string): string => (merged.has(id) ? endOf(merged.get(id)!) : id);
  const calls = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
  expect(calls.length).toBeGreaterThan(NAMES.length + 10);
  const placed = calls.map((call) => [call.externalId, call.operatorId]);
  const belongs = calls.map((call) => {
    const start = ownerOf.get(call.operatorReference ?? "") ?? ids.get(call.operatorName ?? "")!;
    return [call.externalId, endOf(start)];
  });
  expect(placed).toEqual(belongs);
});
