import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { FULL_REACH, type Act, type Reach } from "../../src/identity";
import { newId } from "../../src/lib/id";
import { peekNext, takeNext } from "../../src/quality";
import {
  mintCall,
  mintCampaign,
  mintMember,
  mintOrganization,
  mintRecording,
  mintReview,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";

const db = openDatabase(env.DB);
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };
const CARD = { id: "scd_x", version: 1 };
/** More than are looked at of what somebody was given. */
const MANY = 25;

async function mintWorld() {
  const { id: organizationId } = await mintOrganization(db);
  const [first, second] = [await mintCampaign(db, organizationId), await mintCampaign(db, organizationId)];
  const { userId } = await mintMember(db, organizationId);
  const give = async (campaignId: string, at: number) => {
    const call = await mintCall(db, organizationId, { campaignId });
    const recording = await mintRecording(db, call);
    const id = newId("rev", NOON + at);
    const given = { assigneeId: userId, reviewId: id, createdAt: NOON, place: NOON };
    await mintTask(db, call, recording.id, { campaignId, ...given });
    const review = { id, campaignId, reviewerId: userId, scorecardId: null, scorecardVersion: null };
    await mintReview(db, call, CARD, { ...review, state: "assigned", assignedAt: NOON + at, startedAt: null });
    return call;
  };
  for (let at = 0; at < MANY; at += 1) await give(first.id, at);
  const last = await give(second.id, MANY);
  return { organizationId, userId, first: first.id, second: second.id, last: last.id };
}

type World = Awaited<ReturnType<typeof mintWorld>>;

/** What they would be given, and what they then are. */
async function next({ organizationId, userId }: World, query: { reach?: Reach; campaignId?: string } = {}) {
  const asked = { organizationId, reach: FULL_REACH, ...query };
  const act: Act = { actor: { kind: "user", id: userId }, now: NOON + MANY };
  const peeked = await peekNext(db, asked, { reviewerId: userId, now: act.now });
  return [peeked, (await takeNext(deps, asked, act))?.call.id ?? null];
}

describe("of many reviews that somebody was given", () => {
  it("the first within their reach is next, however many before it are beyond it by now", async ({ expect }) => {
    const world = await mintWorld();
    await mintScorecard(db, world.organizationId, { state: "published", publishedAt: NOON });
    const reach: Reach = { campaigns: [world.second], operators: null };
    expect(await next(world, { reach })).toEqual([world.last, world.last]);
  });

  it("the first of the campaign that they ask for is next", async ({ expect }) => {
    const world = await mintWorld();
    await mintScorecard(db, world.organizationId, { state: "published", publishedAt: NOON });
    expect(await next(world, { campaignId: world.second })).toEqual([world.last, world.last]);
  });

  it("the first that has a published scorecard is next", async ({ expect }) => {
    const world = await mintWorld();
    expect(await next(world)).toEqual([null, null]);
    const card = { state: "published" as const, publishedAt: NOON, campaigns: [world.second] };
    await mintScorecard(db, world.organizationId, card);
    await mintScorecard(db, world.organizationId, { state: "draft", campaigns: [world.first] });
    expect(await next(world)).toEqual([world.last, world.last]);
  });
});
