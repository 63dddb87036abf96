import { env } from "cloudflare:workers";
import { and, eq, isNull, sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { runBatch } from "../../src/db/client";
import { writeRows } from "../../src/db/rows";
import { events, reviews, slaPolicies, slaViolations, tasks } from "../../src/db/schema";
import { newId } from "../../src/lib/id";
import { HOUR, MINUTE, SECOND } from "../../src/lib/time";
import { moveTask, noteViolations } from "../../src/quality";
import {
  mintCall,
  mintCampaign,
  mintOrganization,
  mintPolicy,
  mintRecording,
  mintReview,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { apiClient } from "./api/client";

const db = openDatabase(env.DB);
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };

async function mintLevel(overrides: Parameters<typeof mintPolicy>[2] = {}) {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const policy = await mintPolicy(db, organizationId, { createdAt: NOON - MINUTE, ...overrides });
  return { organizationId, key, campaign, policy };
}

async function mintOpen(
  { organizationId, campaign }: { organizationId: string; campaign: { id: string } },
  at = 0,
  overrides = {},
) {
  const call = await mintCall(db, organizationId, { campaignId: campaign.id });
  const recording = await mintRecording(db, call);
  const times = { createdAt: NOON + at, place: NOON + at };
  const task = await mintTask(db, call, recording.id, { campaignId: campaign.id, ...times, ...overrides });
  return { call, task };
}

const lateOf = (organizationId: string) =>
  db.select().from(slaViolations).where(eq(slaViolations.organizationId, organizationId));
const toldOf = (callId: string) =>
  db
    .select()
    .from(events)
    .where(and(eq(events.stream, callId), eq(events.type, "sla.violation")));

describe("service levels", () => {
  it("note a task that is not reviewed in time once, with its event, however many look", async ({ expect }) => {
    const level = await mintLevel();
    const { call, task } = await mintOpen(level);
    await noteViolations(deps, NOON + HOUR - 1);
    expect(await lateOf(level.organizationId)).toEqual([]);
    await Promise.all([1, 2, 3, 4].map(() => noteViolations(deps, NOON + HOUR)));
    await noteViolations(deps, NOON + 2 * HOUR);
    expect(await lateOf(level.organizationId)).toMatchObject([
      { policyId: level.policy.id, objectId: task.id, startedAt: NOON, dueAt: NOON + HOUR, notedAt: NOON + HOUR },
    ]);
    const told = await toldOf(call.id);
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0]?.data ?? "")).toMatchObject({
      violation: { policy: "Within an hour", object_id: task.id, measure: "task_reviewed" },
      call: { id: call.id },
    });
  });

  it("note what is given, of a team, and of every queue; not what is done, was there before, or is another campaign's", async ({
    expect,
  }) => {
    const level = await mintLevel();
    const team = await mintTeam(db, level.organizationId);
    const late = [
      await mintOpen(level, 0),
      await mintOpen(level, 1, { assigneeId: "usr_somebody" }),
      await mintOpen(level, 2, { teamId: team.id, teamName: "Team" }),
    ];
    await mintOpen(level, 3, { state: "completed" });
    await mintOpen(level, -2 * MINUTE);
    const submitted = await mintOpen(level, 4, { assigneeId: "usr_x" });
    const times = { submittedAt: NOON + MINUTE, undoUntil: NOON + MINUTE + 10 * SECOND };
    await mintReview(db, submitted.call, { id: "scd_x", version: 1 }, { state: "submitted", ...times });
    const other = await mintCampaign(db, level.organizationId);
    await mintPolicy(db, level.organizationId, { createdAt: NOON - MINUTE, campaigns: [other.id] });
    await noteViolations(deps, NOON + 2 * HOUR);
    const noted = await lateOf(level.organizationId);
    expect(noted.map(({ objectId }) => objectId).toSorted()).toEqual(late.map(({ task }) => task.id).toSorted());
    expect(new Set(noted.map(({ policyId }) => policyId))).toEqual(new Set([level.policy.id]));
  });

  it("note reviews that are not begun or not done, and escalations that nobody answers", async ({ expect }) => {
    const level = await mintLevel({ measure: "review_begun" });
    const done = await mintPolicy(db, level.organizationId, { createdAt: NOON - MINUTE, measure: "review_done" });
    const answered = await mintPolicy(db, level.organizationId, {
      createdAt: NOON - MINUTE,
      measure: "escalation_answered",
    });
    const given = await mintOpen(level, 0, { assigneeId: "usr_1" });
    const begun = await mintOpen(level, 0, { assigneeId: "usr_2" });
    const up = await mintOpen(level, -5 * HOUR, { escalatedAt: NOON });
    const card = { id: "scd_x", version: 1 };
    const of = { assignedAt: NOON };
    const one = await mintReview(db, given.call, card, { ...of, state: "assigned", reviewerId: "usr_1" });
    const two = await mintReview(db, begun.call, card, { ...of, state: "in_progress", reviewerId: "usr_2" });
    await noteViolations(deps, NOON + HOUR);
    const noted = (await lateOf(level.organizationId)).map(({ policyId, objectId }) => `${policyId} ${objectId}`);
    expect(noted.toSorted()).toEqual(
      [
        `${level.policy.id} ${one.id}`,
        `${done.id} ${one.id}`,
        `${done.id} ${two.id}`,
        `${answered.id} ${up.task.id}`,
      ].toSorted(),
    );
  });

  it("note what was submitted in time, or late, was taken back and is not done, whenever the look came between", async ({
    expect,
  }) => {
    const card = { id: "scd_x", version: 1 };
    const level = await mintLevel();
    await mintPolicy(db, level.organizationId, { createdAt: NOON - MINUTE, measure: "review_done" });
    const due = NOON + HOUR;
    // Submitted so many seconds after the time was over, looked at so many, taken back so many.
    for (const [submitted, looked, undone] of [
      [50, 55, 58],
      [-5, 1, 4],
      [-5, 6, 4],
    ] as const) {
      const { call, task } = await mintOpen(level, 0, { assigneeId: "usr_1" });
      const times = {
        assignedAt: NOON,
        submittedAt: due + submitted * SECOND,
        undoUntil: due + (submitted + 10) * SECOND,
      };
      const review = await mintReview(db, call, card, { state: "submitted", reviewerId: "usr_1", ...times });
      const undo = () =>
        db
          .update(reviews)
          .set({ state: "in_progress", submittedAt: null, undoUntil: null })
          .where(and(eq(reviews.organizationId, level.organizationId), eq(reviews.id, review.id)));
      await db
        .update(slaPolicies)
        .set({ sweptUntil: NOON - MINUTE })
        .where(eq(slaPolicies.organizationId, level.organizationId));
      if (looked > undone) await undo();
      await noteViolations(deps, due + looked * SECOND);
      if (looked < undone) await undo();
      await noteViolations(deps, due + looked * SECOND + MINUTE);
      const noted = (await lateOf(level.organizationId)).filter(({ callId }) => callId === call.id);
      expect(noted.map(({ objectId }) => objectId).toSorted()).toEqual([review.id, task.id].toSorted());
      expect(await toldOf(call.id)).toHaveLength(2);
    }
  });

  it("note nothing that was submitted in time and stays so, and go on with what came after it", async ({ expect }) => {
    const level = await mintLevel();
    const done = await mintOpen(level, 0, { assigneeId: "usr_1" });
    const after = await mintOpen(level, 1, { assigneeId: "usr_1" });
    const due = NOON + HOUR;
    const times = { submittedAt: due - SECOND, undoUntil: due + 9 * SECOND };
    await mintReview(db, done.call, { id: "scd_x", version: 1 }, { state: "submitted", ...times });
    await noteViolations(deps, due + SECOND);
    expect((await lateOf(level.organizationId)).map(({ objectId }) => objectId)).toEqual([after.task.id]);
    for (const minute of [1, 2, 3]) await noteViolations(deps, due + minute * MINUTE);
    expect((await lateOf(level.organizationId)).map(({ objectId }) => objectId)).toEqual([after.task.id]);
    const policy = await db.select().from(slaPolicies).where(eq(slaPolicies.id, level.policy.id)).get();
    expect(policy?.sweptUntil).toBe(NOON + 3 * MINUTE);
    expect(await toldOf(after.call.id)).toHaveLength(1);
  });

  it("note a task that two are to review and one has submitted", async ({ expect }) => {
    const level = await mintLevel();
    const { call, task } = await mintOpen(level, 0, { wanted: 2 });
    const times = { submittedAt: NOON, undoUntil: NOON + 10 * SECOND };
    await mintReview(db, call, { id: "scd_x", version: 1 }, { state: "submitted", ...times });
    await noteViolations(deps, NOON + HOUR);
    expect((await lateOf(level.organizationId)).map(({ objectId }) => objectId)).toEqual([task.id]);
  });

  it("run the clock of a call that is moved from when it came into the campaign, whoever has it", async ({
    expect,
  }) => {
    const level = await mintLevel();
    const other = await mintCampaign(db, level.organizationId);
    const policy = await mintPolicy(db, level.organizationId, { createdAt: NOON - MINUTE, campaigns: [other.id] });
    const lateThere = async () =>
      (await lateOf(level.organizationId))
        .filter(({ policyId }) => policyId === policy.id)
        .map(({ objectId }) => objectId);
    const made = [await mintOpen(level), await mintOpen(level, 1, { assigneeId: "usr_1" })];
    await noteViolations(deps, NOON + 5 * HOUR);
    expect(await lateThere()).toEqual([]);
    // Twice, and once more with another operator: it came into the campaign once.
    for (const [at, operatorId] of [
      [5 * HOUR, null],
      [5 * HOUR + 30 * MINUTE, null],
      [5 * HOUR + 40 * MINUTE, "opr_1"],
    ] as const)
      for (const { call } of made) {
        const moved = { ...call, campaignId: other.id, operatorId } as Parameters<typeof moveTask>[0];
        await runBatch(db, writeRows(db, moveTask(moved, sql`TRUE`, NOON + at)));
      }
    await noteViolations(deps, NOON + 6 * HOUR - 1);
    expect(await lateThere()).toEqual([]);
    await noteViolations(deps, NOON + 6 * HOUR);
    expect((await lateThere()).toSorted()).toEqual(made.map(({ task }) => task.id).toSorted());
  });

  it("count business hours only", async ({ expect }) => {
    const level = await mintLevel({
      hours: {
        timeZone: "UTC",
        days: Array.from({ length: 7 }, () => [["18:00", "20:00"]] as const),
        holidays: [new Date(NOON).toISOString().slice(0, 10)],
      },
    });
    await mintOpen(level);
    const evening = Math.floor(NOON / (24 * HOUR)) * 24 * HOUR + 19 * HOUR;
    await noteViolations(deps, evening);
    expect(await lateOf(level.organizationId)).toEqual([]);
    await noteViolations(deps, evening + 24 * HOUR);
    expect(await lateOf(level.organizationId)).toMatchObject([{ dueAt: evening + 24 * HOUR }]);
  });

  it("look at more than a page of late tasks turn by turn", { timeout: 60_000 }, async ({ expect }) => {
    const level = await mintLevel();
    const { call } = await mintOpen(level);
    await db.delete(tasks).where(eq(tasks.callId, call.id));
    for (let at = 0; at < 450; at += 150)
      await db.run(
        `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
         SELECT 'task_${level.organizationId}' || value, '${call.id}', '${level.organizationId}', '${level.campaign.id}',
           'rec_x', 'open', ${NOON} + value / 10, ${NOON} + value / 10
         FROM json_each('${JSON.stringify(Array.from({ length: 150 }, (_, index) => at + index))}')`,
      );
    for (let turn = 0; turn < 4; turn += 1) await noteViolations(deps, NOON + HOUR + turn * MINUTE);
    expect(await lateOf(level.organizationId)).toHaveLength(450);
    expect(await toldOf(call.id)).toHaveLength(450);
  });

  it("look at more than a page of tasks of one moment", { timeout: 60_000 }, async ({ expect }) => {
    const level = await mintLevel();
    const { call } = await mintOpen(level);
    const many = JSON.stringify(Array.from({ length: 300 }, (_, index) => index));
    await db.run(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
       SELECT 'task_${level.organizationId}' || value, '${call.id}', '${level.organizationId}', '${level.campaign.id}',
         'rec_x', 'open', ${NOON}, ${NOON} FROM json_each('${many}')`,
    );
    for (let turn = 0; turn < 3; turn += 1) await noteViolations(deps, NOON + HOUR + turn * MINUTE);
    expect(await lateOf(level.organizationId)).toHaveLength(301);
  });
});

describe("service levels of many organizations", () => {
  it("have their turns: so many are looked at in a minute, and each in its time", async ({ expect }) => {
    const levels: Awaited<ReturnType<typeof mintLevel>>[] = [];
    for (let at = 0; at < 7; at += 1) levels.push(await mintLevel());
    for (const level of levels) await mintOpen(level);
    const all = await db.$count(slaPolicies, isNull(slaPolicies.archivedAt));
    const looked = async () => {
      const rows = await Promise.all(levels.map(({ organizationId }) => lateOf(organizationId)));
      return rows.flat().length;
    };
    const minutes = Math.ceil(all / 3);
    let before = 0;
    for (let minute = 0; minute < minutes; minute += 1) {
      await noteViolations(deps, NOON + HOUR + minute * MINUTE, 3);
      const after = await looked();
      expect(after - before).toBeLessThanOrEqual(3);
      before = after;
    }
    expect(before).toBe(7);
  });
});

describe("/v1/sla-policies and /v1/sla-violations", () => {
  it("add, read and end a policy, and refuse what does not fit", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const body = {
      name: "Two days",
      measure: "task_reviewed",
      target_seconds: 64_800,
      business_hours: {
        time_zone: "America/Argentina/Buenos_Aires",
        days: [[["09:00", "18:00"]], [], [], [], [], [], []],
      },
    };
    const made = await api.post("/v1/sla-policies", { key, body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ campaign_ids: null, archived: false, business_hours: { holidays: [] } });
    expect((await api.get(`/v1/sla-policies/${made.body.id}`, { key })).body).toEqual(made.body);
    expect((await api.delete(`/v1/sla-policies/${made.body.id}`, { key })).body.archived).toBe(true);
    expect((await api.get("/v1/sla-policies", { key })).body.data).toEqual([]);
    for (const wrong of [
      { target_seconds: 1 },
      { measure: "tea" },
      { campaign_ids: ["cmp_of_nobody"] },
      { business_hours: { ...body.business_hours, time_zone: "Mars/Olympus" } },
      { business_hours: { ...body.business_hours, days: [] } },
      { business_hours: { ...body.business_hours, days: [[["18:00", "09:00"]], [], [], [], [], [], []] } },
      { business_hours: { ...body.business_hours, holidays: ["25 December"] } },
    ])
      expect((await api.post("/v1/sla-policies", { key, body: { ...body, ...wrong } })).status).toBe(422);
  });

  it("list what was late, newest first and page by page, to who reaches it", async ({ expect }) => {
    const level = await mintLevel();
    const made = [];
    for (let at = 0; at < 3; at += 1) made.push(await mintOpen(level, at));
    await noteViolations(deps, NOON + 2 * HOUR);
    const api = apiClient();
    const first = (await api.get("/v1/sla-violations?limit=2&sort=noted_at", { key: level.key })).body;
    expect(first.data).toHaveLength(2);
    const rest = await api.get(`/v1/sla-violations?limit=2&sort=noted_at&cursor=${first.next_cursor}`, {
      key: level.key,
    });
    const all = [...first.data, ...rest.body.data].map((one: { object_id: string }) => one.object_id);
    expect(all.toSorted()).toEqual(made.map(({ task }) => task.id).toSorted());
    const none = `/v1/sla-violations?policy_id=${newId("sla", NOON)}`;
    expect((await api.get(none, { key: level.key })).body.data).toEqual([]);
    expect((await api.get("/v1/sla-violations", { key: (await mintOrganization(db)).key })).body.data).toEqual([]);
    await db.update(slaPolicies).set({ archivedAt: NOON }).where(eq(slaPolicies.id, level.policy.id));
    expect((await api.get("/v1/sla-violations", { key: level.key })).body.data[0].policy).toBe("Within an hour");
  });
});
