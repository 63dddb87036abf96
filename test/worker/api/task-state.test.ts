import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { auditLog, events, reviews } from "../../../src/db/schema";
import { MINUTE, toIso } from "../../../src/lib/time";
import {
  mintCall,
  mintCampaign,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

const at = (now: number) => apiClient({ now: () => now });
const CLOSED = { state: "closed", reason: "no_conversation" };

/** So many calls to review. */
async function mintQueue(count: number) {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON });
  const calls = [];
  for (let place = 0; place < count; place += 1) {
    const call = await mintCall(db, organizationId, { campaignId: campaign.id });
    const recording = await mintRecording(db, call);
    const task = await mintTask(db, call, recording.id, { campaignId: campaign.id, place });
    calls.push({ id: call.id, path: `/v1/tasks/${task.id}/state`, task: task.id });
  }
  const [first] = calls;
  if (!first) throw new Error("no call");
  return { organizationId, key, calls, first };
}

async function toldOf(callId: string) {
  const rows = await db.select().from(events).where(eq(events.stream, callId));
  return rows.map(({ type, data }) => [
    type,
    JSON.parse(data).task.state,
    JSON.parse(data).task.closed?.reason ?? null,
  ]);
}

async function actsOn(organizationId: string) {
  const rows = await db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId));
  return rows.filter((row) => row.resourceType === "task").map(({ action, after }) => [action, after]);
}

describe("POST /v1/tasks/{id}/state", () => {
  it("closes a task, which is nobody's to review until it is opened again; each is told and logged once", async ({
    expect,
  }) => {
    const { organizationId, key, first } = await mintQueue(1);
    const closed = await at(NOON).post(first.path, { key, body: { ...CLOSED, note: "Hold music." } });
    expect([closed.status, closed.body]).toMatchObject([
      200,
      { state: "closed", closed: { reason: "no_conversation", note: "Hold music.", at: toIso(NOON) } },
    ]);
    expect((await at(NOON).post(first.path, { key, body: CLOSED })).body.closed.note).toBe("Hold music.");
    expect((await at(NOON).post("/v1/reviews/take", { key, body: {} })).status).toBe(204);
    const assign = await at(NOON).post(`/v1/tasks/${first.task}/assign`, { key, body: { reviewer_id: null } });
    expect(assign.status).toBe(409);
    expect((await at(NOON).get("/v1/tasks?state=closed", { key })).body.data).toHaveLength(1);

    const opened = await at(NOON + 1).post(first.path, { key, body: { state: "open" } });
    expect([opened.status, opened.body]).toMatchObject([200, { state: "open", closed: null }]);
    expect((await at(NOON + 2).post("/v1/reviews/take", { key, body: {} })).status).toBe(200);

    expect((await toldOf(first.id)).slice(0, 2)).toEqual([
      ["task.closed", "closed", "no_conversation"],
      ["task.reopened", "open", null],
    ]);
    // The note is of the call, which may be erased; an entry of the log stays.
    expect(await actsOn(organizationId)).toEqual([
      ["task.closed", '{"state":"closed","closed_reason":"no_conversation"}'],
      ["task.updated", '{"state":"open","closed_reason":null}'],
    ]);
  });

  it("takes the call from who was given it, and not from who is reviewing it", async ({ expect }) => {
    const { organizationId, key, calls, first } = await mintQueue(2);
    const ana = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
    await at(NOON).post(`/v1/tasks/${first.task}/assign`, { key, body: { reviewer_id: ana.userId } });
    expect((await at(NOON).post(first.path, { key, body: CLOSED })).body.assignee_id).toBeNull();
    const [given] = await db.select().from(reviews).where(eq(reviews.callId, first.id));
    expect(given?.state).toBe("withdrawn");

    const [, second] = calls;
    const { headers } = ana;
    const taken = await at(NOON).post("/v1/reviews/take", { headers, body: {} });
    expect(taken.body.call.id).toBe(second?.id);
    const refused = await at(NOON).post(second?.path ?? "", { key, body: CLOSED });
    expect(refused.status).toBe(409);
    // Once their lease has ended.
    expect((await at(NOON + 6 * MINUTE).post(second?.path ?? "", { key, body: CLOSED })).status).toBe(200);
    const resumed = await at(NOON + 7 * MINUTE).post(`/v1/reviews/${taken.body.review.id}/resume`, { headers });
    expect(resumed.status).toBe(409);
  });

  it("refuses what was reviewed, what does not fit, and who may not", async ({ expect }) => {
    const { organizationId, key, first } = await mintQueue(1);
    const reviewed = await mintCall(db, organizationId);
    const recording = await mintRecording(db, reviewed);
    const done = await mintTask(db, reviewed, recording.id, { state: "completed" });
    for (const body of [CLOSED, { state: "open" }])
      expect((await at(NOON).post(`/v1/tasks/${done.id}/state`, { key, body })).status).toBe(409);
    const wrong = [
      [{ state: "closed" }, "reason"],
      [{ state: "closed", reason: "other" }, "note"],
      [{ state: "closed", reason: "other", note: "  " }, "note"],
      [{ state: "open", reason: "audio" }, "reason"],
      [{ state: "open", note: "Again" }, "note"],
      [{ state: "completed" }, "state"],
      [{ ...CLOSED, closed_at: 1 }, "closed_at"],
    ] as const;
    for (const [body, field] of wrong) {
      const refused = await at(NOON).post(first.path, { key, body });
      expect([body, refused.status, fieldsOf(refused)]).toEqual([body, 422, [field]]);
    }
    const { headers } = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
    expect((await at(NOON).post(first.path, { headers, body: CLOSED })).status).toBe(403);
    const { key: foreign } = await mintOrganization(db);
    expect((await at(NOON).post(first.path, { key: foreign, body: CLOSED })).status).toBe(404);
    expect((await at(NOON).get(`/v1/tasks/${first.task}`, { key })).body.state).toBe("open");
  });

  it("is told once where ten close it at the same time, and lost by none where one takes it", async ({ expect }) => {
    const { organizationId, key, first } = await mintQueue(1);
    const { headers } = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
    const [taken, ...closed] = await Promise.all([
      at(NOON).post("/v1/reviews/take", { headers, body: {} }),
      ...Array.from({ length: 10 }, () => at(NOON).post(first.path, { key, body: CLOSED })),
    ]);
    const told = (await toldOf(first.id)).filter(([type]) => type === "task.closed");
    const isTaken = taken?.status === 200;
    const task = (await at(NOON).get(`/v1/tasks/${first.task}`, { key })).body;
    expect([task.state, told.length]).toEqual(isTaken ? ["open", 0] : ["closed", 1]);
    for (const { status } of closed) expect(isTaken ? [409] : [200, 409]).toContain(status);
  });

  it("is done to many by the bulk operation, which says of each what became of it", async ({ expect }) => {
    const { organizationId, key, calls } = await mintQueue(3);
    const none = await mintCall(db, organizationId);
    const taken = await at(NOON).post("/v1/reviews/take", { key, body: {} });
    const ids = [...calls.map(({ id }) => id), none.id];
    const closed = await at(NOON).post("/v1/bulk", { key, body: { action: "state", ...CLOSED, calls: ids } });
    const results = closed.body.results.map((one: { status: number; changed: boolean }) => [one.status, one.changed]);
    expect(taken.body.call.id).toBe(ids[0]);
    expect(results).toEqual([
      [409, false],
      [200, true],
      [200, true],
      [404, false],
    ]);
    const opened = await at(NOON).post("/v1/bulk", { key, body: { action: "state", state: "open", calls: ids } });
    expect([opened.body.changed, opened.body.failed]).toEqual([2, 1]);
    const refused = await at(NOON).post("/v1/bulk", { key, body: { action: "state", state: "closed", calls: ids } });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["reason"]]);
  });
});
