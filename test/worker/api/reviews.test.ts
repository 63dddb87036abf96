import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { events, memberships, tasks } from "../../../src/db/schema";
import { completeReviews } from "../../../src/quality";
import { newId } from "../../../src/lib/id";
import { MINUTE, SECOND, toIso } from "../../../src/lib/time";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../../factories";
import { env } from "cloudflare:workers";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

const YES = { name: { value: "yes" } };

/** An organization whose campaign has a published scorecard, with so many calls to review. */
async function mintQueue(calls = 1, campaignOfCard: "all" | "none" = "all") {
  const organization = await mintOrganization(db);
  const { id: organizationId, key } = organization;
  const campaign = await mintCampaign(db, organizationId);
  const card =
    campaignOfCard === "all"
      ? await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON })
      : null;
  const made = [];
  for (let at = 0; at < calls; at += 1) made.push(await mintWaiting(organizationId, campaign.id, NOON + at));
  return { organizationId, key, campaign, card, calls: made };
}

async function mintWaiting(organizationId: string, campaignId: string, place: number, overrides = {}) {
  const call = await mintCall(db, organizationId, { campaignId });
  const recording = await mintRecording(db, call);
  await mintTask(db, call, recording.id, { campaignId, place, ...overrides });
  return call;
}

const at = (now: number) => apiClient({ now: () => now });
const deps = {
  db,
  bucket: env.BUCKET,
  nudges: { events: async () => {}, reviews: async () => {} },
};

async function reviewer(organizationId: string, role: "reviewer" | "operator" | "supervisor" = "reviewer") {
  return mintSession(db, { organizationId, role, now: NOON });
}

async function eventsOf(callId: string) {
  const rows = await db.select().from(events).where(eq(events.stream, callId));
  return rows
    .filter(({ type }) => /^(?:review|quality)\./.test(type))
    .map(({ type, data }) => ({ type, ...JSON.parse(data) }));
}

describe("POST /v1/reviews/take", () => {
  it("gives the oldest call with all it takes, and again the same until it is submitted", async ({ expect }) => {
    const { key, calls, card } = await mintQueue(3);
    const first = await at(NOON).post("/v1/reviews/take", { key, body: {} });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      review: { state: "in_progress", call_id: calls[0]?.id, scorecard: { id: card?.id, version: 1 }, answers: null },
      task: { call_id: calls[0]?.id, state: "open" },
      call: { id: calls[0]?.id },
      lease_until: toIso(NOON + 5 * MINUTE),
      progress: { done: 0, waiting: 2, more: false },
    });
    expect((await at(NOON + 1).post("/v1/reviews/take", { key, body: {} })).body.review.id).toBe(first.body.review.id);
    const ahead = await at(NOON + 2).post("/v1/reviews/take", { key, body: { after: first.body.review.id } });
    expect(ahead.body.call.id).toBe(calls[1]?.id);
    expect((await eventsOf(calls[0]?.id ?? "")).map(({ type, review }) => [type, review.id])).toEqual([
      ["review.assigned", first.body.review.id],
    ]);
  });

  it("gives fifty simultaneous takers fifty calls, and a fifty-first nothing", async ({ expect }) => {
    const { organizationId, calls } = await mintQueue(50);
    const keys = await Promise.all(Array.from({ length: 51 }, () => mintApiKey(db, { organizationId })));
    const answers = await Promise.all(keys.map(({ key }) => at(NOON).post("/v1/reviews/take", { key, body: {} })));
    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.call.id as string);
    expect(new Set(given)).toEqual(new Set(calls.map(({ id }) => id)));
    expect(given).toHaveLength(50);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it("gives a call to another when the lease has ended, and keeps what was answered", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    await at(NOON + MINUTE).patch(`/v1/reviews/${review.id}`, { key, body: { answers: YES } });
    const other = (await mintApiKey(db, { organizationId })).key;
    expect((await at(NOON + 6 * MINUTE - 1).post("/v1/reviews/take", { key: other, body: {} })).status).toBe(204);
    const taken = await at(NOON + 6 * MINUTE).post("/v1/reviews/take", { key: other, body: {} });
    expect(taken.body.call.id).toBe(calls[0]?.id);
    const late = await at(NOON + 6 * MINUTE).post(`/v1/reviews/${review.id}/submit`, { key, body: {} });
    expect([late.status, late.body.code]).toEqual([409, "conflict"]);
    expect((await at(NOON).get(`/v1/reviews/${review.id}`, { key })).body).toMatchObject({
      state: "lapsed",
      answers: { name: { value: "yes" } },
    });
  });

  it("gives a call whose lease has ended to the same person with their answers", async ({ expect }) => {
    const { key } = await mintQueue(2);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    await at(NOON + 1).patch(`/v1/reviews/${review.id}`, { key, body: { answers: YES } });
    const again = await at(NOON + 60 * MINUTE).post("/v1/reviews/take", { key, body: {} });
    expect(again.body.review).toMatchObject({ id: review.id, answers: { name: { value: "yes" } } });
  });

  it("tells of a review that a crash left untold when it is taken again", async ({ expect }) => {
    const { key, calls } = await mintQueue(1);
    let batches = 0;
    const failing = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === "batch")
          return (statements: D1PreparedStatement[]) => {
            batches += 1;
            if (batches === 3) throw new Error("the database is away");
            return target.batch(statements);
          };
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const taking = { organizationId: calls[0]?.organizationId ?? "", reach: { campaigns: null, operators: null } };
    const { takeNext } = await import("../../../src/quality");
    const act = { actor: { kind: "apiKey" as const, id: newId("key", NOON) }, now: NOON };
    await expect(takeNext({ ...deps, db: openDatabase(failing) }, taking, act)).rejects.toThrow("away");
    expect(await eventsOf(calls[0]?.id ?? "")).toEqual([]);
    const again = await takeNext(deps, taking, { ...act, now: NOON + SECOND });
    expect(again?.call.id).toBe(calls[0]?.id);
    expect(await eventsOf(calls[0]?.id ?? "")).toHaveLength(1);
    void key;
  });

  it("gives nothing of a campaign without a published scorecard, of another organization, or beyond reach", async ({
    expect,
  }) => {
    const none = await mintQueue(1, "none");
    expect((await at(NOON).post("/v1/reviews/take", { key: none.key, body: {} })).status).toBe(204);
    const { organizationId, key, campaign } = await mintQueue(1);
    const other = await mintCampaign(db, organizationId);
    const theirs = await mintWaiting(organizationId, other.id, NOON - MINUTE);
    const person = await reviewer(organizationId);
    await db
      .update(memberships)
      .set({ campaigns: [campaign.id] })
      .where(eq(memberships.userId, person.userId));
    const { headers } = person;
    const mine = await at(NOON).post("/v1/reviews/take", { headers, body: {} });
    expect(mine.body.call.campaign_id).toBe(campaign.id);
    const refused = await at(NOON).post("/v1/reviews/take", { headers, body: { campaign_id: other.id } });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["campaign_id"]]);
    expect((await at(NOON).post("/v1/reviews/take", { key, body: {} })).body.call.id).toBe(theirs.id);
  });

  it("gives nothing that somebody has begun or was given where they reach its operator no more", async ({ expect }) => {
    const { organizationId, key, campaign, calls } = await mintQueue(1);
    const given = await mintWaiting(organizationId, campaign.id, NOON + MINUTE);
    const person = await reviewer(organizationId);
    const { headers } = person;
    const begun = await at(NOON).post("/v1/reviews/take", { headers, body: {} });
    expect(begun.body.call.id).toBe(calls[0]?.id);
    const path = `/v1/tasks/task_${given.id.slice(5)}/assign`;
    expect((await at(NOON).post(path, { key, body: { reviewer_id: person.userId } })).status).toBe(200);
    await db
      .update(memberships)
      .set({ teams: ["team_another"] })
      .where(eq(memberships.userId, person.userId));
    expect((await at(NOON).post("/v1/reviews/take", { headers, body: {} })).status).toBe(204);
  });

  it("gives a team's call only to who is in the team", async ({ expect }) => {
    const { organizationId, campaign } = await mintQueue(0);
    const team = await mintTeam(db, organizationId);
    const call = await mintWaiting(organizationId, campaign.id, NOON, { teamId: team.id, teamName: team.name });
    const [inIt, outside] = [await reviewer(organizationId), await reviewer(organizationId)];
    const { addTeamMember } = await import("../../../src/identity");
    const added = await addTeamMember({ db }, team, inIt.userId, { actor: { kind: "system" }, now: NOON });
    expect(added.ok).toBe(true);
    expect((await at(NOON).post("/v1/reviews/take", { headers: outside.headers, body: {} })).status).toBe(204);
    const taken = await at(NOON).post("/v1/reviews/take", { headers: inIt.headers, body: {} });
    expect(taken.body.call.id).toBe(call.id);
  });
});

describe("POST /v1/reviews/take with a call", () => {
  const take = (credential: object, callId: string | undefined, now = NOON) =>
    at(now).post("/v1/reviews/take", { ...credential, body: { call_id: callId } });

  it("gives that call to who may choose one, however many are before it, and the same again", async ({ expect }) => {
    const { key, calls } = await mintQueue(3);
    const last = calls[2]?.id;
    const taken = await take({ key }, last);
    expect(taken.status).toBe(200);
    expect(taken.body).toMatchObject({ review: { state: "in_progress", call_id: last }, call: { id: last } });
    expect((await take({ key }, last, NOON + 1)).body.review.id).toBe(taken.body.review.id);
    expect((await eventsOf(last ?? "")).map(({ type }) => type)).toEqual(["review.assigned"]);
    // What they took of the queue is theirs as well, though it was not given to them.
    const next = await at(NOON).post("/v1/reviews/take", { key, body: { after: taken.body.review.id } });
    expect((await take({ key }, next.body.call.id)).body.review.id).toBe(next.body.review.id);
  });

  it("gives a reviewer what was given to them, and no other", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(2);
    const { userId, headers } = await reviewer(organizationId);
    const [first, second] = [calls[0]?.id ?? "", calls[1]?.id ?? ""];
    expect((await take({ headers }, second)).status).toBe(403);
    const body = { reviewer_id: userId };
    expect((await at(NOON).post(`/v1/tasks/task_${second.slice(5)}/assign`, { key, body })).status).toBe(200);
    expect((await take({ headers }, second)).body).toMatchObject({ call: { id: second } });
    expect((await take({ headers }, first)).status).toBe(403);
    // Its chooser does not take it from them while they are at it.
    expect((await take({ key }, second, NOON + MINUTE)).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining("reviewing the call now"),
    });
  });

  it("leaves a call with nobody where it cannot be judged, is over, or is not theirs to see", async ({ expect }) => {
    const unjudged = await mintQueue(1, "none");
    const call = unjudged.calls[0]?.id ?? "";
    expect((await take({ key: unjudged.key }, call)).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining("scorecard"),
    });
    const [task] = await db.select().from(tasks).where(eq(tasks.callId, call));
    expect(task).toMatchObject({ assigneeId: null, reviewId: null });
    const { key, calls } = await mintQueue(1);
    await db
      .update(tasks)
      .set({ state: "closed" })
      .where(eq(tasks.callId, calls[0]?.id ?? ""));
    expect((await take({ key }, calls[0]?.id)).status).toBe(409);
    expect((await take({ key }, call)).status).toBe(404);
    expect((await take({ key }, "call_none")).status).toBe(404);
    const both = await at(NOON).post("/v1/reviews/take", { key, body: { call_id: call, after: "rev_x" } });
    expect(both.body.errors).toMatchObject([{ field: "call_id" }]);
  });

  it("gives one of ten who choose it at once", async ({ expect }) => {
    const { organizationId, calls } = await mintQueue(1);
    const keys = await Promise.all(Array.from({ length: 10 }, () => mintApiKey(db, { organizationId })));
    const answers = await Promise.all(keys.map(({ key }) => take({ key }, calls[0]?.id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
  });
});

describe("a review", () => {
  it("is submitted, can be taken back for ten seconds, and then is told of once", async ({ expect }) => {
    const { key, calls, campaign } = await mintQueue(1);
    const callId = calls[0]?.id ?? "";
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const path = `/v1/reviews/${review.id}`;
    const submitted = await at(NOON + MINUTE).post(`${path}/submit`, { key, body: { answers: YES } });
    expect([submitted.status, submitted.body]).toMatchObject([
      200,
      { state: "submitted", score: 100, passed: true, undo_until: toIso(NOON + MINUTE + 10 * SECOND) },
    ]);
    expect((await at(NOON + MINUTE).post(`${path}/submit`, { key, body: {} })).status).toBe(409);
    const undone = await at(NOON + MINUTE + 9 * SECOND).post(`${path}/undo`, { key });
    expect(undone.body).toMatchObject({ state: "in_progress", score: null, answers: { name: { value: "yes" } } });
    const no = { name: { value: "no" } };
    await at(NOON + 2 * MINUTE).post(`${path}/submit`, { key, body: { answers: no } });
    expect(await completeReviews(deps, NOON + 2 * MINUTE + 10 * SECOND - 1)).toBe(0);
    expect((await at(NOON + 2 * MINUTE + 10 * SECOND).post(`${path}/undo`, { key })).status).toBe(409);
    await Promise.all([
      completeReviews(deps, NOON + 2 * MINUTE + 10 * SECOND),
      completeReviews(deps, NOON + 2 * MINUTE + 10 * SECOND),
    ]);
    const done = (await at(NOON).get(path, { key })).body;
    expect(done).toMatchObject({ state: "completed", score: 0, passed: false });
    const audit = await at(NOON).post("/audit/generate", { key, body: { task_uuid: callId, is_call: true } });
    expect(audit.body).toEqual({
      task_uuid: `task_${callId.slice(5)}`,
      campaign_id: campaign.number,
      score: 0,
      is_audit_failure: true,
      audit: [{ id: "name", criterion: "Gives their name", target_score: 100, score: 0, observations: "" }],
    });
    const told = await eventsOf(callId);
    expect(told.map(({ type }) => type)).toEqual(["review.assigned", "review.completed", "quality.threshold_breach"]);
    expect(told[2]).toMatchObject({ review: { id: review.id, passed: false }, threshold: 80 });
    expect(told[1]).toMatchObject({ review: { id: review.id, score: 0 }, task: { state: "completed" } });
    const [task] = await db.select().from(tasks).where(eq(tasks.callId, callId));
    expect(task?.state).toBe("completed");
    expect((await at(NOON + 9 * MINUTE).post("/v1/reviews/take", { key, body: {} })).status).toBe(204);
  });

  it("is refused with what is open or does not fit, and stays in progress", async ({ expect }) => {
    const { key } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const path = `/v1/reviews/${review.id}`;
    const open = await at(NOON).post(`${path}/submit`, { key, body: {} });
    expect([open.status, fieldsOf(open)]).toEqual([422, ["answers.name"]]);
    const wrong = await at(NOON).patch(path, { key, body: { answers: { name: { value: "maybe" }, x: {} } } });
    expect([wrong.status, fieldsOf(wrong).toSorted()]).toEqual([422, ["answers.name", "answers.x"]]);
    expect((await at(NOON).get(path, { key })).body).toMatchObject({ state: "in_progress", answers: null });
  });

  it("is skipped with a reason, and the call goes to somebody else", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const path = `/v1/reviews/${review.id}`;
    expect((await at(NOON).post(`${path}/skip`, { key, body: {} })).status).toBe(422);
    expect(fieldsOf(await at(NOON).post(`${path}/skip`, { key, body: { reason: "other" } }))).toEqual(["note"]);
    const skipped = await at(NOON).post(`${path}/skip`, { key, body: { reason: "language" } });
    expect(skipped.body).toMatchObject({ state: "skipped", reason: "language" });
    expect((await at(NOON).post(`${path}/skip`, { key, body: { reason: "audio" } })).status).toBe(409);
    expect((await at(NOON).post("/v1/reviews/take", { key, body: {} })).status).toBe(204);
    const other = (await mintApiKey(db, { organizationId })).key;
    expect((await at(NOON).post("/v1/reviews/take", { key: other, body: {} })).body.call.id).toBe(calls[0]?.id);
  });

  it("is handed up: nobody is given the call from the queue, until somebody is chosen", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const path = `/v1/reviews/${review.id}/escalate`;
    expect(fieldsOf(await at(NOON).post(path, { key, body: {} }))).toEqual(["note"]);
    const [first, second] = await Promise.all([
      at(NOON).post(path, { key, body: { note: "A threat." } }),
      at(NOON).post(path, { key, body: { note: "A threat." } }),
    ]);
    expect([first?.status, second?.status].toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([200, 409]);
    const other = await reviewer(organizationId);
    const { headers } = other;
    expect((await at(NOON).post("/v1/reviews/take", { headers, body: {} })).status).toBe(204);
    const task = `/v1/tasks/task_${calls[0]?.id.slice(5)}/assign`;
    expect((await at(NOON).post(task, { key, body: { reviewer_id: null } })).status).toBe(200);
    expect((await at(NOON).post("/v1/reviews/take", { headers, body: {} })).body.call.id).toBe(calls[0]?.id);
    expect((await eventsOf(calls[0]?.id ?? "")).map(({ type }) => type)).toEqual([
      "review.assigned",
      "review.escalated",
      "review.assigned",
    ]);
  });

  it("of somebody else is nobody's to change, and is seen once it is finished", async ({ expect }) => {
    const { organizationId, key, calls, campaign } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const path = `/v1/reviews/${review.id}`;
    const { headers } = await reviewer(organizationId);
    const supervisor = await reviewer(organizationId, "supervisor");
    expect((await at(NOON).get(path, { headers })).status).toBe(404);
    expect((await at(NOON).get(path, { headers: supervisor.headers })).status).toBe(200);
    for (const verb of ["submit", "undo", "resume"])
      expect((await at(NOON).post(`${path}/${verb}`, { headers, body: {} })).status).toBe(404);
    expect((await at(NOON).patch(path, { headers, body: { answers: YES } })).status).toBe(404);
    await at(NOON).post(`${path}/submit`, { key, body: { answers: YES } });
    await completeReviews(deps, NOON + MINUTE);
    expect((await at(NOON).get(path, { headers })).body.score).toBe(100);
    const list = await at(NOON).get(`/v1/reviews?campaign_id=${campaign.id}&state=completed`, { headers });
    expect(list.body.data.map((one: { call_id: string }) => one.call_id)).toEqual([calls[0]?.id]);
  });

  it("of a call that moves to another campaign moves with it", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const { review } = (await at(NOON).post("/v1/reviews/take", { key, body: {} })).body;
    const other = await mintCampaign(db, organizationId);
    const { moveTask } = await import("../../../src/quality");
    const { writeRows } = await import("../../../src/db/rows");
    const { runBatch } = await import("../../../src/db/client");
    const { sql } = await import("drizzle-orm");
    const moved = { ...(calls[0] as never as Parameters<typeof moveTask>[0]), campaignId: other.id };
    await runBatch(db, writeRows(db, moveTask(moved, sql`TRUE`, NOON)));
    expect((await at(NOON).get(`/v1/reviews/${review.id}`, { key })).body.campaign_id).toBe(other.id);
  });
});

describe("POST /v1/tasks/{id}/assign", () => {
  it("gives a call to one reviewer alone, who is told and finds it first", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(2);
    const [, second] = calls;
    const ana = await reviewer(organizationId);
    const due_at = toIso(NOON + 60 * MINUTE);
    const path = `/v1/tasks/task_${second?.id.slice(5)}/assign`;
    const given = await at(NOON).post(path, { key, body: { reviewer_id: ana.userId, due_at } });
    expect([given.status, given.body]).toMatchObject([200, { assignee_id: ana.userId, due_at }]);
    expect((await at(NOON).post(path, { key, body: { reviewer_id: ana.userId } })).status).toBe(200);
    const told = await eventsOf(second?.id ?? "");
    expect(told.map(({ type, review }) => [type, review.state, review.reviewer_id])).toEqual([
      ["review.assigned", "assigned", ana.userId],
    ]);
    const first = await at(NOON).post("/v1/reviews/take", { key, body: {} });
    expect(first.body).toMatchObject({ call: { id: calls[0]?.id }, progress: { waiting: 0 } });
    const { headers } = ana;
    const hers = await at(NOON).post("/v1/reviews/take", { headers, body: {} });
    expect(hers.body).toMatchObject({ call: { id: second?.id }, review: { state: "in_progress", due_at } });
    expect(await eventsOf(second?.id ?? "")).toHaveLength(1);
    const atWork = await at(NOON).post(path, { key, body: { reviewer_id: null } });
    expect(atWork.status).toBe(409);
  });

  it("takes it from who had it, and gives it back to the queue", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const [ana, leo] = [await reviewer(organizationId), await reviewer(organizationId)];
    const path = `/v1/tasks/task_${calls[0]?.id.slice(5)}/assign`;
    await at(NOON).post(path, { key, body: { reviewer_id: ana.userId } });
    await at(NOON + 1).post(path, { key, body: { reviewer_id: leo.userId } });
    expect((await at(NOON).post("/v1/reviews/take", { headers: ana.headers, body: {} })).status).toBe(204);
    const back = await at(NOON + 2).post(path, { key, body: { reviewer_id: null } });
    expect(back.body.assignee_id).toBeNull();
    expect((await at(NOON).get("/v1/reviews?sort=assigned_at", { key })).body.data).toMatchObject([
      { reviewer_id: ana.userId, state: "withdrawn" },
      { reviewer_id: leo.userId, state: "withdrawn" },
    ]);
    expect((await at(NOON).post("/v1/reviews/take", { headers: ana.headers, body: {} })).status).toBe(200);
  });

  it("refuses who may not review it", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const path = `/v1/tasks/task_${calls[0]?.id.slice(5)}/assign`;
    const operator = await reviewer(organizationId, "operator");
    const foreign = await reviewer((await mintOrganization(db)).id);
    const limited = await reviewer(organizationId);
    const other = await mintCampaign(db, organizationId);
    await db
      .update(memberships)
      .set({ campaigns: [other.id] })
      .where(eq(memberships.userId, limited.userId));
    for (const reviewer_id of [operator.userId, foreign.userId, limited.userId, "usr_nobody"]) {
      const refused = await at(NOON).post(path, { key, body: { reviewer_id } });
      expect([reviewer_id, refused.status, fieldsOf(refused)]).toEqual([reviewer_id, 422, ["reviewer_id"]]);
    }
    const { headers } = await reviewer(organizationId);
    expect((await at(NOON).post(path, { headers, body: { reviewer_id: null } })).status).toBe(403);
  });

  it("gives many calls at once by the bulk operation, and says of each what became of it", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(3);
    const ana = await reviewer(organizationId);
    await at(NOON).post("/v1/reviews/take", { key, body: {} });
    const none = await mintCall(db, organizationId);
    const ids = [...calls.map(({ id }) => id), none.id];
    const body = { action: "assign", reviewer_id: ana.userId, calls: ids };
    const given = await at(NOON).post("/v1/bulk", { key, body });
    const statuses = given.body.results.map((one: { status: number; changed: boolean }) => [one.status, one.changed]);
    expect(statuses).toEqual([
      [409, false],
      [200, true],
      [200, true],
      [404, false],
    ]);
    const again = await at(NOON).post("/v1/bulk", { key, body });
    expect([again.body.changed, again.body.failed]).toEqual([0, 2]);
    const refused = await at(NOON).post("/v1/bulk", { key, body: { ...body, reviewer_id: "usr_nobody" } });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["reviewer_id"]]);
    const own = await at(NOON).get(`/v1/tasks?assignee_id=${ana.userId}`, { key });
    expect(own.body.data).toHaveLength(2);
  });

  it("gives one of twenty choices at once, and leaves one open review", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const path = `/v1/tasks/task_${calls[0]?.id.slice(5)}/assign`;
    const people = await Promise.all(Array.from({ length: 5 }, () => reviewer(organizationId)));
    await Promise.all(
      [...people, ...people].map(({ userId }) => at(NOON).post(path, { key, body: { reviewer_id: userId } })),
    );
    const { data } = (await at(NOON).get("/v1/reviews", { key })).body;
    expect(data.filter(({ state }: { state: string }) => state === "assigned")).toHaveLength(1);
  });
});

describe("POST /v1/reviews/{id}/return", () => {
  it("has a completed review done again in one of its own, with the same answers", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(1);
    const ana = await reviewer(organizationId);
    const { headers } = ana;
    const { review } = (await at(NOON).post("/v1/reviews/take", { headers, body: {} })).body;
    const path = `/v1/reviews/${review.id}`;
    expect((await at(NOON).post(`${path}/return`, { key, body: { note: "Again." } })).status).toBe(409);
    await at(NOON).post(`${path}/submit`, { headers, body: { answers: YES } });
    await completeReviews(deps, NOON + MINUTE);
    expect((await at(NOON).post(`${path}/return`, { headers, body: { note: "Again." } })).status).toBe(403);
    const returned = await at(NOON + MINUTE).post(`${path}/return`, { key, body: { note: "Listen to the end." } });
    expect(returned.body).toMatchObject({ state: "returned", score: 100, note: "Listen to the end." });
    expect((await at(NOON + MINUTE).post(`${path}/return`, { key, body: { note: "Again." } })).status).toBe(409);
    const again = await at(NOON + MINUTE).post("/v1/reviews/take", { headers, body: {} });
    expect(again.body.review).toMatchObject({ answers: { name: { value: "yes" } }, note: "Listen to the end." });
    expect(again.body.review.id).not.toBe(review.id);
    const no = { name: { value: "no" } };
    await at(NOON + MINUTE).post(`/v1/reviews/${again.body.review.id}/submit`, { headers, body: { answers: no } });
    await completeReviews(deps, NOON + 2 * MINUTE);
    expect((await eventsOf(calls[0]?.id ?? "")).map(({ type }) => type)).toEqual([
      "review.assigned",
      "review.completed",
      "review.assigned",
      "review.completed",
      "quality.threshold_breach",
    ]);
    expect((await at(NOON).get(path, { key })).body).toMatchObject({ state: "returned", score: 100 });
    const [task] = await db
      .select()
      .from(tasks)
      .where(and(eq(tasks.organizationId, organizationId), eq(tasks.callId, calls[0]?.id ?? "")));
    expect(task?.state).toBe("completed");
  });

  it("is refused where the reviewer reaches the campaign no more", async ({ expect }) => {
    const { organizationId, key } = await mintQueue(1);
    const ana = await reviewer(organizationId);
    const { headers } = ana;
    const { review } = (await at(NOON).post("/v1/reviews/take", { headers, body: {} })).body;
    await at(NOON).post(`/v1/reviews/${review.id}/submit`, { headers, body: { answers: YES } });
    await completeReviews(deps, NOON + MINUTE);
    const other = await mintCampaign(db, organizationId);
    await db
      .update(memberships)
      .set({ campaigns: [other.id] })
      .where(eq(memberships.userId, ana.userId));
    const refused = await at(NOON + MINUTE).post(`/v1/reviews/${review.id}/return`, { key, body: { note: "Again." } });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["reviewer_id"]]);
    expect((await at(NOON).get(`/v1/reviews/${review.id}`, { key })).body.state).toBe("completed");
  });
});
