import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import {
  campaigns,
  consensuses,
  events,
  notificationCauses,
  reviews,
  tasks,
  type OpinionSettings,
} from "../../../src/db/schema";
import { MINUTE, SECOND } from "../../../src/lib/time";
import { completeReviews, scorecardDefinition } from "../../../src/quality";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { aroundWrites } from "../around-writes";
import { apiClient, db } from "./client";

const CARD = scorecardDefinition.parse({
  pass_percent: 80,
  sections: [{ id: "all", title: "All", criteria: [{ id: "tone", text: "Tone", kind: "scale", max: 100 }] }],
});

const nudges = { events: async () => {}, reviews: async () => {} };
const deps = { db, bucket: env.BUCKET, nudges };
const api = (now: number) => apiClient({ now: () => now });

const OPINIONS: OpinionSettings = { wanted: 2, maxSpread: 10, rule: "mean", whenApart: "escalate", blind: true };

/** An organization whose campaign wants several opinions, with one call to review, a supervisor and four reviewers. */
async function mintCase(opinions: Partial<OpinionSettings> | null = {}) {
  const { id: organizationId, key } = await mintOrganization(db);
  const asked = opinions && { ...OPINIONS, ...opinions };
  const settings = { autoAnalyze: false, ...(asked && { reviewing: { opinions: asked } }) };
  const campaign = await mintCampaign(db, organizationId);
  await db.update(campaigns).set({ settings }).where(eq(campaigns.id, campaign.id));
  const card = await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON, definition: CARD });
  const call = await mintCall(db, organizationId, { campaignId: campaign.id });
  const recording = await mintRecording(db, call);
  const wants = asked ? { wanted: asked.wanted, blind: asked.blind } : {};
  const task = await mintTask(db, call, recording.id, {
    campaignId: campaign.id,
    place: NOON,
    createdAt: NOON,
    ...wants,
  });
  const person = () => mintSession(db, { organizationId, role: "reviewer", now: NOON });
  const people = [await person(), await person(), await person(), await person()] as const;
  const supervisor = await mintSession(db, { organizationId, role: "supervisor", now: NOON });
  return { organizationId, key, campaign, card, call, task, people, supervisor };
}

type Visitor = Awaited<ReturnType<typeof mintSession>>;

/** Somebody takes the next call and submits a review with so many points. */
async function review({ headers }: Visitor, points: number, now: number) {
  const taken = await api(now).post("/v1/reviews/take", { headers, body: {} });
  if (taken.status !== 200) throw new Error(`nothing to take: ${taken.status}`);
  const { id } = taken.body.review;
  const body = { answers: { tone: { value: points, comment: `I say ${points}` } } };
  const sent = await api(now + SECOND).post(`/v1/reviews/${id}/submit`, { headers, body });
  if (sent.status !== 200) throw new Error(JSON.stringify(sent.body));
  return id as string;
}

async function completed(visitor: Visitor, points: number, now: number) {
  const id = await review(visitor, points, now);
  await completeReviews(deps, now + 12 * SECOND);
  return id;
}

async function told(callId: string) {
  const rows = await db.select().from(events).where(eq(events.stream, callId));
  return rows
    .toSorted((one, other) => one.seq - other.seq)
    .filter(({ type }) => !type.endsWith(".assigned"))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) }));
}

const typesOf = async (callId: string) => (await told(callId)).map(({ type }) => type);
const opinionsOf = async (visitor: Visitor, task: { id: string }) =>
  (await api(NOON + MINUTE).get(`/v1/tasks/${task.id}/opinions`, { headers: visitor.headers })).body;

describe("several reviews of a call", () => {
  it("come one after the other, by different people, to one score that is told of once", async ({ expect }) => {
    const { call, task, people, card } = await mintCase();
    const [one, other, third] = people;
    const first = await completed(one, 80, NOON);
    expect((await db.select().from(tasks).where(eq(tasks.id, task.id)))[0]).toMatchObject({
      state: "open",
      leaseUntil: 0,
      reviewId: null,
      assigneeId: null,
    });
    // Nobody reviews a call twice.
    expect((await api(NOON + MINUTE).post("/v1/reviews/take", { headers: one.headers, body: {} })).status).toBe(204);
    const second = await completed(other, 87, NOON + MINUTE);
    await completeReviews(deps, NOON + 2 * MINUTE);
    expect(await typesOf(call.id)).toEqual(["review.completed", "review.completed", "review.consensus_reached"]);
    const [, , reached] = await told(call.id);
    expect(reached?.data).toMatchObject({
      consensus: {
        task_id: task.id,
        state: "reached",
        wanted: 2,
        max_spread: 10,
        rule: "mean",
        spread: 7,
        score: 83.5,
        passed: true,
        review_ids: [first, second],
        differing: ["tone"],
      },
      reviews: [{ score: 80 }, { score: 87 }],
      task: { state: "completed", wanted: 2, blind: true },
    });
    expect(reached?.data.reviews[0].scorecard).toEqual({ id: card.id, version: 1 });
    expect((await api(NOON + MINUTE).post("/v1/reviews/take", { headers: third.headers, body: {} })).status).toBe(204);
  });

  it("that are apart are handed up, and somebody decides with a reason", async ({ expect }) => {
    const { organizationId, call, task, people, supervisor } = await mintCase();
    const [one, other] = people;
    await completed(one, 95, NOON);
    const low = await completed(other, 60, NOON + MINUTE);
    expect(await typesOf(call.id)).toEqual(["review.completed", "review.completed", "review.escalated"]);
    // The last event does not say what they found: somebody may still be chosen to review it.
    expect((await told(call.id))[2]?.data).toMatchObject({
      review: { id: low, score: null, withheld: true },
      consensus: { state: "apart", spread: null, score: null, review_ids: [] },
    });
    const causes = await db
      .select()
      .from(notificationCauses)
      .where(and(eq(notificationCauses.organizationId, organizationId), eq(notificationCauses.kind, "opinions_apart")));
    expect(causes.map(({ subjectId }) => subjectId)).toEqual([task.id]);
    const listed = await api(NOON).get("/v1/tasks?escalated=true", { headers: supervisor.headers });
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([task.id]);
    // Who decides sees what they found.
    expect(await opinionsOf(supervisor, task)).toMatchObject({ withheld: false, consensus: { spread: 35 } });
    const decide = (body: object, headers = supervisor.headers) =>
      api(NOON + 2 * MINUTE).post(`/v1/tasks/${task.id}/decide`, { headers, body });
    expect((await decide({ review_id: low, reason: "x" }, one.headers)).status).toBe(403);
    expect((await decide({ review_id: low })).status).toBe(422);
    expect((await decide({ review_id: low, score: 50, reason: "x" })).status).toBe(422);
    expect((await decide({ review_id: "rev_x", reason: "x" })).status).toBe(422);
    const decided = await decide({ review_id: low, reason: "They never said their name." });
    expect(decided.body.consensus).toMatchObject({
      state: "decided",
      score: 60,
      passed: false,
      review_ids: [low],
      decided_by: supervisor.userId,
      reason: "They never said their name.",
    });
    expect((await decide({ score: 90, reason: "Again" })).status).toBe(409);
    expect((await typesOf(call.id)).slice(3)).toEqual(["review.decided", "quality.threshold_breach"]);
    const [row] = await db.select().from(tasks).where(eq(tasks.id, task.id));
    expect(row).toMatchObject({ state: "completed", escalatedAt: null });
  });

  it("that are apart can be decided after the call was closed, or given to somebody, and then back", async ({
    expect,
  }) => {
    const { task, people, supervisor } = await mintCase();
    const [one, other, third] = people;
    await completed(one, 95, NOON);
    await completed(other, 60, NOON + MINUTE);
    const act = async (what: string, body: object) =>
      (await api(NOON + 2 * MINUTE).post(`/v1/tasks/${task.id}/${what}`, { headers: supervisor.headers, body })).status;
    const decide = () => act("decide", { score: 70, reason: "Both have a point." });
    expect(await act("assign", { reviewer_id: third.userId })).toBe(200);
    // Somebody is to review it, who must not know.
    expect([await decide(), (await opinionsOf(supervisor, task)).withheld]).toEqual([409, true]);
    expect(await act("assign", { reviewer_id: null })).toBe(200);
    expect((await opinionsOf(supervisor, task)).withheld).toBe(false);
    expect(await act("state", { state: "closed", reason: "not_needed" })).toBe(200);
    expect([await decide(), await act("state", { state: "open" }), await decide()]).toEqual([409, 200, 200]);
    expect(await opinionsOf(supervisor, task)).toMatchObject({ consensus: { state: "decided", score: 70 } });
  });

  it("that are apart are handed up where somebody says that they are enough", async ({ expect }) => {
    const { task, call, people, supervisor } = await mintCase({ whenApart: "another" });
    const [one, other] = people;
    await completed(one, 95, NOON);
    await completed(other, 60, NOON + MINUTE);
    const { headers } = supervisor;
    const put = await api(NOON + 2 * MINUTE).put(`/v1/tasks/${task.id}/opinions`, { headers, body: { wanted: 2 } });
    expect([put.status, put.body]).toMatchObject([200, { wanted: 2, done: 2, consensus: { state: "apart" } }]);
    expect((await typesOf(call.id)).at(-1)).toBe("review.escalated");
    const [kept] = await db.select().from(consensuses).where(eq(consensuses.callId, call.id));
    expect(kept?.whenApart).toBe("another");
    const body = { score: 70, reason: "Nobody else is there." };
    expect((await api(NOON + 3 * MINUTE).post(`/v1/tasks/${task.id}/decide`, { headers, body })).status).toBe(200);
  });

  it("that are apart are judged by one more where the campaign wants that, then handed up", async ({ expect }) => {
    const agreed = await mintCase({ whenApart: "another" });
    const [a, b, c] = agreed.people;
    await completed(a, 95, NOON);
    const two = await completed(b, 60, NOON + MINUTE);
    expect(await typesOf(agreed.call.id)).toEqual(["review.completed", "review.completed"]);
    expect(await opinionsOf(agreed.supervisor, agreed.task)).toMatchObject({ wanted: 3, done: 2, withheld: true });
    const three = await completed(c, 64, NOON + 2 * MINUTE);
    const [, , , reached] = await told(agreed.call.id);
    expect(reached).toMatchObject({
      type: "review.consensus_reached",
      data: { consensus: { score: 62, spread: 4, review_ids: [two, three], passed: false } },
    });
    expect((await typesOf(agreed.call.id)).at(-1)).toBe("quality.threshold_breach");

    const apart = await mintCase({ whenApart: "another" });
    const [d, e, f] = apart.people;
    await completed(d, 95, NOON);
    await completed(e, 60, NOON + MINUTE);
    await completed(f, 20, NOON + 2 * MINUTE);
    expect((await typesOf(apart.call.id)).at(-1)).toBe("review.escalated");
  });

  it("are given to fifty takers at once: each call to one at a time, and nobody the same call twice", async ({
    expect,
  }) => {
    const { organizationId, campaign, call, task } = await mintCase({ wanted: 3, whenApart: "another" });
    for (let at = 1; at < 10; at += 1) {
      const made = await mintCall(db, organizationId, { campaignId: campaign.id });
      await mintTask(db, made, "rec_x", { campaignId: campaign.id, place: NOON + at, wanted: 3, blind: true });
    }
    const keys = await Promise.all(Array.from({ length: 50 }, () => mintApiKey(db, { organizationId })));
    for (let round = 0; round < 4; round += 1) {
      const now = NOON + round * MINUTE;
      const answers = await Promise.all(
        keys.map(async ({ key }) => {
          const taken = await api(now).post("/v1/reviews/take", { key, body: {} });
          if (taken.status === 204) return null;
          const { id } = taken.body.review;
          await api(now).post(`/v1/reviews/${id}/submit`, { key, body: { answers: { tone: { value: 70 } } } });
          return taken.body.call.id as string;
        }),
      );
      const given = answers.filter((one) => one !== null);
      expect(given).toHaveLength(round < 3 ? 10 : 0);
      expect(new Set(given).size).toBe(given.length);
      await Promise.all([1, 2, 3].map(() => completeReviews(deps, now + 12 * SECOND)));
    }
    const done = await db.select().from(reviews).where(eq(reviews.organizationId, organizationId));
    expect(new Set(done.map(({ callId, reviewerId }) => `${callId} ${reviewerId}`)).size).toBe(30);
    expect(await typesOf(call.id)).toEqual([
      "review.completed",
      "review.completed",
      "review.completed",
      "review.consensus_reached",
      "quality.threshold_breach",
    ]);
    expect((await db.select().from(tasks).where(eq(tasks.id, task.id)))[0]?.state).toBe("completed");
  });

  it("are judged by the version that the first was judged by", async ({ expect }) => {
    const { organizationId, card, people } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    await mintScorecard(db, organizationId, { ...card, version: 2, state: "published", publishedAt: NOON + 1 });
    const taken = await api(NOON + MINUTE).post("/v1/reviews/take", { headers: other.headers, body: {} });
    expect(taken.body.review.scorecard).toEqual({ id: card.id, version: 1 });
    expect(taken.body.definition).toMatchObject({ pass_percent: 80 });
  });

  it("count as they are when one is taken back within its seconds, and no more later", async ({ expect }) => {
    const { call, people } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    const id = await review(other, 20, NOON + MINUTE);
    const undo = (now: number) => api(now).post(`/v1/reviews/${id}/undo`, { headers: other.headers });
    expect((await undo(NOON + MINUTE + 5 * SECOND)).status).toBe(200);
    await completeReviews(deps, NOON + MINUTE + 20 * SECOND);
    expect(await typesOf(call.id)).toEqual(["review.completed"]);
    const body = { answers: { tone: { value: 82 } } };
    await api(NOON + 2 * MINUTE).post(`/v1/reviews/${id}/submit`, { headers: other.headers, body });
    await completeReviews(deps, NOON + 2 * MINUTE + 11 * SECOND);
    expect((await typesOf(call.id)).at(-1)).toBe("review.consensus_reached");
    expect((await undo(NOON + 2 * MINUTE + 12 * SECOND)).status).toBe(409);
  });

  it("come to it after a crash, and once where two complete the same", async ({ expect }) => {
    const { call, task, people } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    await review(other, 84, NOON + MINUTE);
    const away = async () => {
      throw new Error("the database is away");
    };
    const failing = aroundWrites(env.DB, { before: away });
    const gone = aroundWrites(env.DB, { after: away });
    const late = NOON + 2 * MINUTE;
    await expect(completeReviews({ ...deps, db: openDatabase(failing) }, late)).rejects.toThrow("away");
    expect(await typesOf(call.id)).toEqual(["review.completed"]);
    // The second time it is gone after it has written, so nobody hears of it.
    await expect(completeReviews({ ...deps, db: openDatabase(gone) }, late)).rejects.toThrow("away");
    await Promise.all([completeReviews(deps, late), completeReviews(deps, late)]);
    expect(await typesOf(call.id)).toEqual(["review.completed", "review.completed", "review.consensus_reached"]);
    expect((await db.select().from(tasks).where(eq(tasks.id, task.id)))[0]?.state).toBe("completed");
  });

  it("are given once where two complete the last of them at once", async ({ expect }) => {
    const { call, people } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    await review(other, 84, NOON + MINUTE);
    const late = NOON + 2 * MINUTE;
    await Promise.all([completeReviews(deps, late), completeReviews(deps, late), completeReviews(deps, late)]);
    expect(await typesOf(call.id)).toEqual(["review.completed", "review.completed", "review.consensus_reached"]);
  });

  it("are gone with an erased call, also while one is being completed", async ({ expect }) => {
    const { call, task, people } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    await review(other, 84, NOON + MINUTE);
    const erase = async () => {
      for (const table of [reviews, consensuses]) await db.delete(table).where(eq(table.callId, call.id));
      await db.delete(tasks).where(eq(tasks.id, task.id));
      await db.delete(events).where(eq(events.stream, call.id));
    };
    await completeReviews({ ...deps, db: openDatabase(aroundWrites(env.DB, { before: erase })) }, NOON + 2 * MINUTE);
    expect(await typesOf(call.id)).toEqual([]);
    expect(await db.select().from(consensuses).where(eq(consensuses.callId, call.id))).toEqual([]);
  });

  it("that become more while the last is being completed wait for the next", async ({ expect }) => {
    const { call, task, people, supervisor } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    await review(other, 84, NOON + MINUTE);
    const { headers } = supervisor;
    const more = () => api(NOON + MINUTE).put(`/v1/tasks/${task.id}/opinions`, { headers, body: { wanted: 3 } });
    await completeReviews({ ...deps, db: openDatabase(aroundWrites(env.DB, { before: more })) }, NOON + 2 * MINUTE);
    expect(await typesOf(call.id)).toEqual(["review.completed"]);
    await completeReviews(deps, NOON + 3 * MINUTE);
    expect(await typesOf(call.id)).toEqual(["review.completed", "review.completed"]);
    expect(await opinionsOf(supervisor, task)).toMatchObject({ wanted: 3, done: 2, consensus: { state: "open" } });
  });

  it("count anew when one is returned and done again", async ({ expect }) => {
    const { call, task, people, supervisor } = await mintCase();
    const [one, other] = people;
    const first = await completed(one, 80, NOON);
    await completed(other, 84, NOON + MINUTE);
    const returned = await api(NOON + 2 * MINUTE).post(`/v1/reviews/${first}/return`, {
      headers: supervisor.headers,
      body: { note: "Listen to the end." },
    });
    expect(returned.status).toBe(200);
    expect(await opinionsOf(supervisor, task)).toMatchObject({ done: 1, consensus: { state: "open", score: null } });
    await completed(one, 90, NOON + 3 * MINUTE);
    const types = await typesOf(call.id);
    expect(types.slice(-2)).toEqual(["review.completed", "review.consensus_reached"]);
    expect((await told(call.id)).at(-1)?.data.consensus).toMatchObject({ score: 87 });
  });
});

describe("a blind review", () => {
  it("keeps its answers where it is returned by who must not know them", async ({ expect }) => {
    const { call, people, supervisor } = await mintCase();
    const [one] = people;
    const first = await completed(one, 80, NOON);
    const returned = await api(NOON + MINUTE).post(`/v1/reviews/${first}/return`, {
      headers: supervisor.headers,
      body: { note: "Listen to the end." },
    });
    expect([returned.status, returned.body]).toMatchObject([200, { state: "returned", answers: null, score: null }]);
    const rows = await db.select().from(reviews).where(eq(reviews.callId, call.id));
    expect(rows.find(({ state }) => state === "assigned")?.answers).toMatchObject({
      tone: { value: 80, comment: "I say 80" },
    });
  });

  it("is nobody's to know before they are done, in no answer, list, filter or event", async ({ expect }) => {
    const { call, task, people, supervisor, key, organizationId } = await mintCase();
    const [one, other, third] = people;
    const operator = await mintSession(db, { organizationId, role: "viewer", now: NOON });
    const first = await completed(one, 81, NOON);
    const taken = await api(NOON + MINUTE).post("/v1/reviews/take", { headers: other.headers, body: {} });
    const clients = [other, third, supervisor, operator].map(({ headers }) => ({ headers }));
    for (const client of [...clients, { key }]) {
      const answers = await Promise.all(
        [
          `/v1/reviews/${first}`,
          "/v1/reviews",
          `/v1/reviews?call_id=${call.id}`,
          "/v1/reviews?passed=true",
          `/v1/reviews?reviewer_id=${one.userId}&state=completed`,
          `/v1/tasks/${task.id}/opinions`,
          `/v1/tasks/${task.id}`,
          `/v1/calls/${call.id}`,
          `/v1/calls/${call.id}/events`,
          `/v1/reports/reviews?by=reviewer&from=2020-01-01&to=2030-01-01`,
        ].map((path) => api(NOON + MINUTE).get(path, client)),
      );
      const text = JSON.stringify(answers.map(({ body }) => body));
      expect(text).not.toMatch(/"(?:score|uncapped_score|average_score)":81|I say 81|"passed":true/);
      const [, , , passing] = answers;
      expect(passing?.body.data).toEqual([]);
    }
    // Who chooses reviewers sees that there is one, and whose.
    expect((await api(NOON).get(`/v1/reviews/${first}`, { headers: supervisor.headers })).body).toMatchObject({
      reviewer_id: one.userId,
      state: "completed",
      score: null,
      withheld: true,
      answers: null,
      result: null,
    });
    expect((await api(NOON).get(`/v1/reviews/${first}`, { headers: other.headers })).status).toBe(404);
    // Its own reviewer sees it, and nobody sees one that can still be taken back.
    expect((await api(NOON).get(`/v1/reviews/${first}`, { headers: one.headers })).body.score).toBe(81);
    const { id } = taken.body.review;
    const body = { answers: { tone: { value: 85 } } };
    await api(NOON + MINUTE).post(`/v1/reviews/${id}/submit`, { headers: other.headers, body });
    expect((await api(NOON + MINUTE).get(`/v1/reviews/${first}`, { headers: other.headers })).status).toBe(404);
    await completeReviews(deps, NOON + 2 * MINUTE);
    for (const { headers } of [other, third, supervisor])
      expect((await api(NOON).get(`/v1/reviews/${first}`, { headers })).body.score).toBe(81);
    // What it was told of when it was completed did not say so, and still does not.
    const [completion] = await told(call.id);
    expect(completion?.data.review).toMatchObject({ id: first, score: null, withheld: true });
  });

  it("is everybody's where the campaign does not want them blind, or the task is closed", async ({ expect }) => {
    const open = await mintCase({ blind: false });
    const [one, other] = open.people;
    const first = await completed(one, 81, NOON);
    expect((await api(NOON).get(`/v1/reviews/${first}`, { headers: other.headers })).body.score).toBe(81);
    expect((await told(open.call.id))[0]?.data.review.score).toBe(81);

    const closed = await mintCase();
    const [two, three] = closed.people;
    const second = await completed(two, 81, NOON);
    expect((await api(NOON).get(`/v1/reviews/${second}`, { headers: three.headers })).status).toBe(404);
    const { headers } = closed.supervisor;
    const body = { state: "closed", reason: "not_needed" };
    expect((await api(NOON + MINUTE).post(`/v1/tasks/${closed.task.id}/state`, { headers, body })).status).toBe(200);
    expect((await api(NOON).get(`/v1/reviews/${second}`, { headers: three.headers })).body.score).toBe(81);
  });
});

describe("a second opinion", () => {
  it("is asked for by who reviews, or who chooses reviewers, also of a call that was done", async ({ expect }) => {
    const { call, task, people, supervisor } = await mintCase(null);
    const [one, other, third] = people;
    const first = await completed(one, 50, NOON);
    expect(await typesOf(call.id)).toEqual(["review.completed", "quality.threshold_breach"]);
    const ask = (visitor: Visitor, now = NOON + MINUTE) =>
      api(now).post(`/v1/reviews/${first}/second-opinion`, { headers: visitor.headers });
    expect((await ask(other)).status).toBe(404);
    expect((await ask(one)).status).toBe(200);
    expect(await opinionsOf(supervisor, task)).toMatchObject({ wanted: 2, done: 1, blind: true, withheld: true });
    expect((await typesOf(call.id)).at(-1)).toBe("task.reopened");
    expect((await api(NOON).get(`/v1/reviews/${first}`, { headers: other.headers })).status).toBe(404);
    await completed(other, 54, NOON + 2 * MINUTE);
    expect((await told(call.id)).slice(-2)).toMatchObject([
      { type: "review.consensus_reached", data: { consensus: { score: 52, passed: false } } },
      { type: "quality.threshold_breach", data: { consensus: { score: 52 }, review: { id: first }, threshold: 80 } },
    ]);
    const put = (body: object, headers = supervisor.headers) =>
      api(NOON + 3 * MINUTE).put(`/v1/tasks/${task.id}/opinions`, { headers, body });
    expect((await put({ wanted: 3 }, third.headers)).status).toBe(403);
    expect((await put({ wanted: 6 })).status).toBe(422);
    const count = (await typesOf(call.id)).length;
    expect((await put({ wanted: 2 })).status).toBe(200);
    expect(await typesOf(call.id)).toHaveLength(count);
    expect((await put({ wanted: 3, max_spread: 1 })).body).toMatchObject({ wanted: 3, done: 2 });
    expect((await api(NOON + 4 * MINUTE).post("/v1/reviews/take", { headers: third.headers, body: {} })).status).toBe(
      200,
    );
  });

  it("is not asked for by a reviewer where several have come to something, or somebody decided", async ({ expect }) => {
    const apart = await mintCase();
    const [one, other] = apart.people;
    const first = await completed(one, 95, NOON);
    const ask = (id: string, visitor: Visitor) =>
      api(NOON + 3 * MINUTE).post(`/v1/reviews/${id}/second-opinion`, { headers: visitor.headers });
    await completed(other, 60, NOON + MINUTE);
    expect((await ask(first, one)).status).toBe(409);
    const { headers } = apart.supervisor;
    const body = { score: 70, reason: "Both have a point." };
    await api(NOON + 2 * MINUTE).post(`/v1/tasks/${apart.task.id}/decide`, { headers, body });
    expect((await ask(first, one)).status).toBe(409);
    expect(await opinionsOf(apart.supervisor, apart.task)).toMatchObject({
      consensus: { state: "decided", score: 70 },
    });

    const reached = await mintCase();
    const [three, four] = reached.people;
    await completed(three, 80, NOON);
    const last = await completed(four, 84, NOON + MINUTE);
    expect((await ask(last, four)).status).toBe(409);
    // Who chooses reviewers may.
    const more = { headers: reached.supervisor.headers, body: { wanted: 3 } };
    const put = await api(NOON + 3 * MINUTE).put(`/v1/tasks/${reached.task.id}/opinions`, more);
    expect([put.status, put.body.consensus.state]).toEqual([200, "open"]);
  });

  it("may be asked for while the first is being done, which goes on", async ({ expect }) => {
    const { call, people, supervisor, task } = await mintCase(null);
    const [one, other] = people;
    const id = await review(one, 90, NOON);
    // Between the submission and its completion.
    const asked = await api(NOON + 2 * SECOND).post(`/v1/reviews/${id}/second-opinion`, { headers: one.headers });
    expect(asked.status).toBe(200);
    await completeReviews(deps, NOON + 12 * SECOND);
    expect(await opinionsOf(supervisor, task)).toMatchObject({ wanted: 2, done: 1 });
    await completed(other, 92, NOON + MINUTE);
    expect((await typesOf(call.id)).at(-1)).toBe("review.consensus_reached");
  });

  it("that is not wanted any more leaves what was found: of one the usual, of several what they come to", async ({
    expect,
  }) => {
    const one = await mintCase({ wanted: 3 });
    const [a, b] = one.people;
    await completed(a, 50, NOON);
    const lower = (of: typeof one, wanted: number, now: number) =>
      api(now).put(`/v1/tasks/${of.task.id}/opinions`, { headers: of.supervisor.headers, body: { wanted } });
    expect((await lower(one, 1, NOON + MINUTE)).body).toMatchObject({ wanted: 1, consensus: null });
    // Until then no event had its score.
    expect(await typesOf(one.call.id)).toEqual([
      "review.completed",
      "review.consensus_reached",
      "quality.threshold_breach",
    ]);
    const [withheld, reached] = await told(one.call.id);
    expect(withheld?.data.review).toMatchObject({ withheld: true, score: null });
    expect(reached?.data).toMatchObject({
      consensus: { state: "reached", wanted: 1, score: 50, passed: false, spread: 0 },
      reviews: [{ score: 50, passed: false }],
      task: { state: "completed" },
    });
    expect(await db.select().from(consensuses).where(eq(consensuses.callId, one.call.id))).toEqual([]);
    expect((await api(NOON + MINUTE).post("/v1/reviews/take", { headers: b.headers, body: {} })).status).toBe(204);

    const two = await mintCase({ wanted: 3 });
    const [c, d, e] = two.people;
    await completed(c, 90, NOON);
    await completed(d, 94, NOON + MINUTE);
    const taken = await api(NOON + 2 * MINUTE).post("/v1/reviews/take", { headers: e.headers, body: {} });
    // Nobody who is at work is interrupted.
    expect((await lower(two, 2, NOON + 2 * MINUTE)).status).toBe(409);
    const skipped = { headers: e.headers, body: { reason: "audio" } };
    await api(NOON + 2 * MINUTE).post(`/v1/reviews/${taken.body.review.id}/skip`, skipped);
    expect((await lower(two, 2, NOON + 3 * MINUTE)).body.consensus).toMatchObject({ state: "reached", score: 92 });
    expect((await typesOf(two.call.id)).at(-1)).toBe("review.consensus_reached");
    expect((await lower(two, 1, NOON + 3 * MINUTE)).body.consensus).toMatchObject({ state: "reached", wanted: 1 });
  });

  it("is given to nobody who has reviewed the call", async ({ expect }) => {
    const { people, supervisor, task } = await mintCase();
    const [one, other] = people;
    await completed(one, 80, NOON);
    const assign = (visitor: Visitor) =>
      api(NOON + MINUTE).post(`/v1/tasks/${task.id}/assign`, {
        headers: supervisor.headers,
        body: { reviewer_id: visitor.userId },
      });
    expect((await assign(one)).status).toBe(409);
    expect((await assign(other)).status).toBe(200);
  });
});
