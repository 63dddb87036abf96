import { env } from "cloudflare:workers";
import { and, eq, sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { runBatch } from "../../src/db/client";
import { writeRows } from "../../src/db/rows";
import { calls, events, memberships, reviews, tasks } from "../../src/db/schema";
import { FULL_REACH, type Act, type Reach } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { assignCalls, handOnOfGone, moveTask, takeNext } from "../../src/quality";
import {
  ACT_AT_NOON,
  mintCall,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";

const db = openDatabase(env.DB);
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };

async function mintWorld() {
  const { id: organizationId } = await mintOrganization(db);
  await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON });
  const [here, there] = [await mintCampaign(db, organizationId), await mintCampaign(db, organizationId)];
  const one = await mintMember(db, organizationId, { campaigns: [here.id, there.id] });
  const other = await mintMember(db, organizationId);
  return { organizationId, here: here.id, there: there.id, one: one.userId, other: other.userId };
}

type World = Awaited<ReturnType<typeof mintWorld>>;

/** A call of a campaign that one of them was given to review. */
async function mintGiven({ organizationId, one }: World, campaignId: string, operatorId: string | null = null) {
  const call = await mintCall(db, organizationId, { campaignId, operatorId });
  const recording = await mintRecording(db, call);
  const task = await mintTask(db, call, recording.id, { campaignId, operatorId, createdAt: NOON, place: NOON });
  const choice = { reviewerId: one };
  await assignCalls(deps, { organizationId, reach: FULL_REACH, callIds: [call.id], choice }, ACT_AT_NOON);
  return { call, task };
}

const taskOf = (id: string) => db.select().from(tasks).where(eq(tasks.id, id)).get();
const statesOf = async (callId: string) =>
  (await db.select().from(reviews).where(eq(reviews.callId, callId))).map(({ state }) => state);
const isMember = (organizationId: string, userId: string) =>
  and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId));

async function take({ organizationId }: World, id: string, now: number, reach: Reach = FULL_REACH) {
  const act: Act = { actor: { kind: "user", id }, now };
  return (await takeNext(deps, { organizationId, reach }, act))?.call.id ?? null;
}

/** As somebody moves a call: it, its task and its reviews in one batch. */
async function move(call: typeof calls.$inferSelect, campaignId: string | null, now = NOON) {
  const moved = { ...call, campaignId };
  await runBatch(db, [
    db.update(calls).set({ campaignId }).where(eq(calls.id, call.id)),
    ...writeRows(db, moveTask(moved as Parameters<typeof moveTask>[0], sql`TRUE`, now)),
  ]);
}

describe("a call that somebody was given", () => {
  it("goes back when their reach is narrowed, and what they still reach stays theirs", async ({ expect }) => {
    const world = await mintWorld();
    const [kept, lost] = [await mintGiven(world, world.here), await mintGiven(world, world.there)];
    expect(await handOnOfGone(deps, NOON + MINUTE)).toBe(0);
    await db
      .update(memberships)
      .set({ campaigns: [world.here] })
      .where(isMember(world.organizationId, world.one));
    expect(await take(world, world.other, NOON + MINUTE)).toBeNull();
    expect(await handOnOfGone(deps, NOON + 2 * MINUTE)).toBe(1);
    expect(await taskOf(lost.task.id)).toMatchObject({ assigneeId: null, assignAt: 0, reviewId: null });
    expect(await statesOf(lost.call.id)).toEqual(["withdrawn"]);
    expect(await taskOf(kept.task.id)).toMatchObject({ assigneeId: world.one });
    expect(await statesOf(kept.call.id)).toEqual(["assigned"]);
    expect(await take(world, world.other, NOON + 3 * MINUTE)).toBe(lost.call.id);
    expect(await handOnOfGone(deps, NOON + 4 * MINUTE)).toBe(0);
  });

  it("goes back when it is moved to where they do not reach, also without a campaign", async ({ expect }) => {
    const world = await mintWorld();
    await db
      .update(memberships)
      .set({ campaigns: [world.here] })
      .where(isMember(world.organizationId, world.one));
    const [moved, taken, stays] = [
      await mintGiven(world, world.here),
      await mintGiven(world, world.here),
      await mintGiven(world, world.here),
    ];
    await move(moved.call, world.there);
    await move(taken.call, null);
    expect(await handOnOfGone(deps, NOON + MINUTE)).toBe(2);
    expect(await take(world, world.other, NOON + 2 * MINUTE)).toBe(moved.call.id);
    expect((await taskOf(stays.task.id))?.assigneeId).toBe(world.one);
    // What waits for a campaign is offered once it has one.
    expect(await take(world, "usr_third", NOON + 2 * MINUTE)).toBeNull();
    await move(taken.call, world.there);
    expect(await take(world, "usr_third", NOON + 3 * MINUTE)).toBe(taken.call.id);
  });

  it("goes back when they are limited to teams that its operator is not of", async ({ expect }) => {
    const world = await mintWorld();
    const { organizationId, one } = world;
    const another = await mintOperator(db, organizationId, "B");
    const { call, task } = await mintGiven(world, world.here, another.id);
    expect(await handOnOfGone(deps, NOON + MINUTE)).toBe(0);
    await db.update(memberships).set({ teams: [] }).where(isMember(organizationId, one));
    expect(await handOnOfGone(deps, NOON + 2 * MINUTE)).toBe(1);
    expect(await statesOf(call.id)).toEqual(["withdrawn"]);
    expect((await taskOf(task.id))?.assigneeId).toBeNull();
  });

  it("stays theirs while they work at it, and goes back with the end of their lease", async ({ expect }) => {
    const world = await mintWorld();
    const { call, task } = await mintGiven(world, world.there);
    expect(await take(world, world.one, NOON)).toBe(call.id);
    await db
      .update(memberships)
      .set({ campaigns: [world.here] })
      .where(isMember(world.organizationId, world.one));
    expect(await handOnOfGone(deps, NOON + MINUTE)).toBe(0);
    expect(await statesOf(call.id)).toEqual(["in_progress"]);
    expect(await handOnOfGone(deps, NOON + 6 * MINUTE)).toBe(1);
    expect(await statesOf(call.id)).toEqual(["lapsed"]);
    expect((await taskOf(task.id))?.assigneeId).toBeNull();
    expect(await take(world, world.other, NOON + 7 * MINUTE)).toBe(call.id);
  });

  it("waits for whoever comes when the last reviewer is removed", async ({ expect }) => {
    const world = await mintWorld();
    const { organizationId } = world;
    const { call, task } = await mintGiven(world, world.here);
    await db.delete(memberships).where(eq(memberships.organizationId, organizationId));
    expect(await handOnOfGone(deps, NOON + MINUTE)).toBe(1);
    expect(await taskOf(task.id)).toMatchObject({ state: "open", assigneeId: null });
    expect(await handOnOfGone(deps, NOON + 2 * MINUTE)).toBe(0);
    const { userId } = await mintMember(db, organizationId, { campaigns: [world.here] });
    const reach: Reach = { campaigns: [world.here], operators: null };
    expect(await take(world, userId, NOON + 3 * MINUTE, reach)).toBe(call.id);
    const told = await db.select().from(events).where(eq(events.stream, call.id));
    expect(told.filter(({ type }) => type === "review.assigned")).toHaveLength(2);
  });
});
