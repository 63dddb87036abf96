import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { runBatch } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { HOUR } from "../../src/lib/time";
import { countDays, countDeliveries, sumOf, usageByCampaign, usageByDay, usageByEngine } from "../../src/usage";
import { mintAnalysis, mintCall, mintOrganization, mintRecording, NOON, openDatabase } from "../factories";

const db = openDatabase(env.DB);
const DAY = 86_400_000;
const TODAY = Math.floor(NOON / DAY);
const SPAN = { from: TODAY - 3, until: TODAY + 4 };

type Call = Awaited<ReturnType<typeof mintCall>>;
type Counts = Record<string, number | string>;

/** What the counters say, by day and campaign. */
async function counted(organizationId: string) {
  const days = await db.select().from(schema.usageDays).where(eq(schema.usageDays.organizationId, organizationId));
  const engines = await db
    .select()
    .from(schema.usageEngines)
    .where(eq(schema.usageEngines.organizationId, organizationId));
  return sorted([...days, ...engines].map(({ organizationId: _organization, ...counts }) => counts));
}

/** The same, counted from the rows one by one. */
async function recounted(organizationId: string) {
  const { calls, recordings, analyses } = schema;
  const counts = new Map<
    string,
    { day: number; campaignId: string; engine?: string; [name: string]: number | string | undefined }
  >();
  const add = (place: { day: number; campaignId: string; engine?: string }, added: Record<string, number>) => {
    const name = JSON.stringify(place);
    const known = counts.get(name) ?? { ...place };
    for (const [column, value] of Object.entries(added)) known[column] = Number(known[column] ?? 0) + value;
    counts.set(name, known);
  };
  for (const call of await db.select().from(calls).where(eq(calls.organizationId, organizationId))) {
    const place = { day: Math.floor(call.startedAt / DAY), campaignId: call.campaignId ?? "" };
    add(place, { calls: 1, recordings: 0, bytes: 0 });
    for (const { state, size: bytes } of await db.select().from(recordings).where(eq(recordings.callId, call.id)))
      if (state === "completed") add(place, { recordings: 1, bytes: bytes ?? 0 });
    for (const { state, engine, findings } of await db.select().from(analyses).where(eq(analyses.callId, call.id))) {
      const heard = Math.round((findings as { durationSeconds: number }).durationSeconds * 1000);
      if (state === "completed") add({ ...place, engine }, { analyses: 1, audioMs: heard, micros: 0 });
    }
  }
  return sorted([...counts.values()] as Counts[]);
}

function sorted(rows: Counts[]): string[] {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1))))
    .toSorted();
}

type Step =
  | { kind: "call"; campaign: string | null; at: number }
  | { kind: "count" }
  | { kind: "begin"; call: number; at: number }
  | { kind: "erase"; call: number }
  | { kind: "recording"; call: number; size: number; completed: boolean }
  | { kind: "analysis"; call: number; engine: string; seconds: number; completed: boolean }
  | { kind: "complete"; what: "recordings" | "analyses"; index: number }
  | { kind: "move"; call: number; campaign: string | null }
  | { kind: "grow"; index: number; size: number };

const index = fc.nat({ max: 3 });
const at = fc.integer({ min: NOON - 2 * DAY, max: NOON + 2 * DAY });
const size = fc.integer({ min: 0, max: 5_000_000_000 });
const campaign = fc.constantFrom(null, "cmp_1", "cmp_2");
const seconds = fc.integer({ min: 0, max: 9_000_000 }).map((milliseconds) => milliseconds / 1000);
const step = fc.oneof(
  fc.record({ kind: fc.constant("call"), campaign, at }),
  fc.record({ kind: fc.constant("count") }),
  fc.record({ kind: fc.constant("begin"), call: index, at }),
  fc.record({ kind: fc.constant("erase"), call: index }),
  fc.record({ kind: fc.constant("recording"), call: index, size, completed: fc.boolean() }),
  fc.record({
    kind: fc.constant("analysis"),
    call: index,
    engine: fc.constantFrom("acoustic", "other"),
    seconds,
    completed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("complete"), what: fc.constantFrom("recordings", "analyses"), index }),
  fc.record({ kind: fc.constant("move"), call: index, campaign }),
  fc.record({ kind: fc.constant("grow"), index, size }),
) as fc.Arbitrary<Step>;

type World = { organizationId: string; calls: Call[]; recordings: string[]; analyses: string[] };

async function take(world: World, one: Step): Promise<void> {
  if (one.kind === "call") {
    world.calls.push(await mintCall(db, world.organizationId, { campaignId: one.campaign, startedAt: one.at }));
    return;
  }
  if (one.kind === "complete" || one.kind === "grow") {
    const id = world[one.kind === "grow" ? "recordings" : one.what][one.index];
    if (id === undefined) return;
    await (one.kind === "grow"
      ? env.DB.prepare("UPDATE recordings SET size = ? WHERE id = ?").bind(one.size, id).run()
      : env.DB.prepare(`UPDATE ${one.what} SET state = 'completed' WHERE id = ?`).bind(id).run());
    return;
  }
  if (one.kind === "count") {
    await countDays(db, 100);
    return;
  }
  const call = world.calls[one.call];
  if (!call) return;
  if (one.kind === "begin")
    await db.update(schema.calls).set({ startedAt: one.at }).where(eq(schema.calls.id, call.id));
  else if (one.kind === "erase")
    for (const table of [schema.recordings, schema.analyses]) await db.delete(table).where(eq(table.callId, call.id));
  else if (one.kind === "move")
    await db.update(schema.calls).set({ campaignId: one.campaign }).where(eq(schema.calls.id, call.id));
  else if (one.kind === "recording") {
    const made = await mintRecording(db, call, { size: one.size, state: one.completed ? "completed" : "pending" });
    world.recordings.push(made.id);
  } else {
    const { engine, completed } = one;
    const findings = { durationSeconds: one.seconds };
    const id = `ana_${world.organizationId}_${world.analyses.length}`;
    const state = completed ? "completed" : "pending";
    await mintAnalysis(db, call, "rec_1", { id, engine, findings, state });
    world.analyses.push(id);
  }
}

describe("the counters of usage", () => {
  it("are what a recount finds, whatever happens in whatever order", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const { id: organizationId } = await mintOrganization(db);
        const world: World = { organizationId, calls: [], recordings: [], analyses: [] };
        await take(world, { kind: "call", campaign: null, at: NOON });
        for (const one of steps) await take(world, one);
        await countDays(db, 100);
        expect(await counted(organizationId)).toEqual(await recounted(organizationId));
      }),
      { numRuns: 40 },
    );
  });

  it("cost the steps of a call nothing once its day is marked", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const first = await mintCall(db, id);
    expect(await db.select().from(schema.usageMarks).where(eq(schema.usageMarks.organizationId, id))).toHaveLength(1);
    const call = { ...first, id: `call_${id}` };
    const inserted = await db.insert(schema.calls).values(call).run();
    await mintRecording(db, call, { state: "pending" });
    await mintAnalysis(db, call, "rec_1", { id: `ana_${id}`, state: "pending" });
    const complete = (table: string) =>
      env.DB.prepare(`UPDATE ${table} SET state = 'completed' WHERE call_id = ?`).bind(call.id);
    const results = await env.DB.batch([complete("recordings"), complete("analyses")]);
    // The rows themselves, and of a call its entry in the index by time.
    expect([inserted, ...results].map(({ meta }) => meta.rows_written)).toEqual([2, 1, 1]);
  });

  it("mark nothing where the batch fails", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const call = await mintCall(db, id);
    await countDays(db, 100);
    const before = await counted(id);
    const failing = runBatch(db, [
      db.update(schema.calls).set({ campaignId: "cmp_1" }).where(eq(schema.calls.id, call.id)),
      db.insert(schema.calls).values(call),
    ]);
    await expect(failing).rejects.toThrow(/UNIQUE/);
    expect(await countDays(db, 100)).toBe(0);
    expect(await counted(id)).toEqual(before);
  });

  it("are of so many days in one turn, and none is lost", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    await countDays(db, 100);
    for (let day = 0; day < 5; day += 1) await mintCall(db, id, { startedAt: NOON - day * DAY });
    expect([await countDays(db, 3), await countDays(db, 3), await countDays(db, 3)]).toEqual([3, 2, 0]);
    expect(await counted(id)).toEqual(await recounted(id));
  });
});

describe("deliveries", () => {
  it("are counted from the hours of endpoints, the same however often", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const hours = (hour: number, delivered: number) => ({
      endpointId: `end_${id}`,
      organizationId: id,
      hour,
      attempts: delivered + 1,
      delivered,
      failed: 1,
      parked: 0,
      latencies: [],
    });
    await db.insert(schema.endpointHours).values([
      hours(TODAY * DAY, 5),
      hours(TODAY * DAY + 23 * HOUR, 7),
      hours((TODAY + 1) * DAY, 11),
      // Of this day some hours are gone: it is counted no more.
      hours((TODAY - 40) * DAY, 100),
    ]);
    const deliveries = async () =>
      (await usageByDay(db, { ...SPAN, organizationId: id })).map(({ delivered, attempts }) => [delivered, attempts]);
    for (let run = 0; run < 3; run += 1) await runBatch(db, [countDeliveries(db, NOON + DAY)]);
    expect((await deliveries()).slice(3, 5)).toEqual([
      [12, 14],
      [11, 12],
    ]);
    await db
      .update(schema.endpointHours)
      .set({ delivered: 6 })
      .where(and(eq(schema.endpointHours.organizationId, id), eq(schema.endpointHours.hour, TODAY * DAY)));
    await runBatch(db, [countDeliveries(db, NOON + DAY)]);
    expect((await deliveries())[3]).toEqual([13, 14]);
    const [result] = await runBatch(db, [countDeliveries(db, NOON + DAY)]);
    expect(result?.meta.rows_written).toBe(0);
  });
});

describe("reading usage", () => {
  it("gives days, campaigns and engines with the same sums, and nothing of another organization", async ({
    expect,
  }) => {
    const [{ id }, stranger] = [await mintOrganization(db), await mintOrganization(db)];
    const used = async (owner: string, bytes: number, of: Partial<Call>) => {
      const call = await mintCall(db, owner, of);
      const recording = await mintRecording(db, call, { size: bytes });
      if (bytes === 10) {
        const findings = { durationSeconds: 90 };
        await mintAnalysis(db, call, recording.id, { id: `own_${id}`, findings });
        await mintAnalysis(db, call, recording.id, { engine: "other", id: `other_${id}`, findings });
      }
    };
    await used(stranger.id, 999, {});
    await used(id, 100, { startedAt: NOON - 10 * DAY });
    await used(id, 10, { campaignId: "cmp_1", startedAt: NOON });
    await used(id, 1, { startedAt: NOON + DAY });
    await countDays(db, 100);
    const span = { ...SPAN, organizationId: id };
    const days = await usageByDay(db, span);
    expect(days.map(({ day, calls, bytes }) => [day - TODAY, calls, bytes])).toEqual([
      [-3, 0, 100],
      [-2, 0, 100],
      [-1, 0, 100],
      [0, 1, 110],
      [1, 1, 111],
      [2, 0, 111],
      [3, 0, 111],
    ]);
    const campaigns = await usageByCampaign(db, span);
    expect(campaigns.map(({ campaignId, calls, bytes, audioMs }) => [campaignId, calls, bytes, audioMs])).toEqual([
      [null, 1, 101, 0],
      ["cmp_1", 1, 10, 180_000],
    ]);
    const total = sumOf(days);
    expect(total).toMatchObject({ calls: 2, recordings: 2, analyses: 2, audioMs: 180_000, bytes: 111 });
    expect(campaigns.reduce((sofar, { byteDays }) => sofar + byteDays, 0)).toBe(total.byteDays);
    expect(await usageByEngine(db, span)).toEqual([
      { engine: "acoustic", analyses: 1, audioMs: 90_000 },
      { engine: "other", analyses: 1, audioMs: 90_000 },
    ]);
  });
});
