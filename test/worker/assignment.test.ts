import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { absences, analyses, campaigns, events, memberships, notifications, reviews, tasks } from "../../src/db/schema";
import type { ReviewingSettings } from "../../src/db/schema";
import {
  ACT_AT_NOON,
  mintCall,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintAnalysis,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { addTeamMember, notifyPeople } from "../../src/identity";
import { HOUR, MINUTE } from "../../src/lib/time";
import {
  assignCalls,
  assignDue,
  changeTasks,
  endAbsence,
  freeTasksOfGoneTeams,
  handOnOfGone,
  listReviewers,
  NO_REVIEWING,
  setAbsence,
  writeReviewing,
} from "../../src/quality";
import { FULL_REACH } from "../../src/identity";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };

async function mintRules(reviewing: (people: string[]) => ReviewingSettings, people = 3) {
  const { id: organizationId, key } = await mintOrganization(db);
  const ids = [];
  for (let at = 0; at < people; at += 1) ids.push((await mintMember(db, organizationId)).userId);
  const campaign = await mintCampaign(db, organizationId);
  await db
    .update(campaigns)
    .set({ settings: { autoAnalyze: true, reviewing: reviewing(ids) } })
    .where(eq(campaigns.id, campaign.id));
  return { organizationId, key, campaign, people: ids };
}

type World = Awaited<ReturnType<typeof mintRules>>;

async function mintWork({ organizationId, campaign }: World, at = 0, overrides = {}, ofCall = {}) {
  const call = await mintCall(db, organizationId, { campaignId: campaign.id, ...ofCall });
  const recording = await mintRecording(db, call);
  const task = await mintTask(db, call, recording.id, {
    campaignId: campaign.id,
    operatorId: call.operatorId,
    createdAt: NOON + at,
    place: NOON + at,
    assignAt: NOON + at,
    ...overrides,
  });
  return { call, task };
}

const taskOf = (id: string) => db.select().from(tasks).where(eq(tasks.id, id)).get();
const inTurn = (reviewers: string[]): ReviewingSettings => ({
  assign: "round_robin",
  reviewers: reviewers.map((id) => ({ id })),
});

describe("rules that choose reviewers", () => {
  it("give calls in turn, with the event and the notification of each", async ({ expect }) => {
    const world = await mintRules((ids) => ({ ...inTurn(ids), dueHours: 24 }));
    const made = [];
    for (let at = 0; at < 6; at += 1) made.push(await mintWork(world, at));
    await assignDue(deps, NOON + MINUTE);
    const after = await Promise.all(made.map(({ task }) => taskOf(task.id)));
    expect(after.map((task) => task?.assigneeId)).toEqual([...world.people, ...world.people]);
    expect(after.map((task) => [task?.assignAt, task?.dueAt])).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => [null, NOON + at + 24 * HOUR]),
    );
    const told = await db
      .select()
      .from(events)
      .where(eq(events.stream, made[0]?.call.id ?? ""));
    expect(told.map(({ type }) => type)).toEqual(["review.assigned"]);
    await notifyPeople(db);
    const inboxes = await db
      .select()
      .from(notifications)
      .where(and(eq(notifications.organizationId, world.organizationId), eq(notifications.kind, "review_assigned")));
    expect(inboxes.map(({ userId }) => userId).toSorted()).toEqual([...world.people, ...world.people].toSorted());
    expect(inboxes.every(({ subjectId }) => subjectId.startsWith("rev_"))).toBe(true);
  });

  it("give fifty tasks exactly in turn where fifty run at once", { timeout: 120_000 }, async ({ expect }) => {
    const world = await mintRules(inTurn, 5);
    const made = [];
    for (let at = 0; at < 50; at += 1) made.push(await mintWork(world, at));
    await Promise.all(Array.from({ length: 50 }, () => assignDue(deps, NOON + MINUTE)));
    const after = await Promise.all(made.map(({ task }) => taskOf(task.id)));
    expect(after.map((task) => task?.assigneeId)).toEqual(made.map((_, at) => world.people[at % 5]));
    const given = await db.select().from(reviews).where(eq(reviews.organizationId, world.organizationId));
    expect(given).toHaveLength(50);
    expect(new Set(given.map(({ callId }) => callId)).size).toBe(50);
  });

  it(
    "go on in turn where tasks come one by one and each is looked at by several",
    { timeout: 60_000 },
    async ({ expect }) => {
      const world = await mintRules(inTurn, 3);
      const chosen = [];
      for (let at = 0; at < 7; at += 1) {
        const { task } = await mintWork(world, at);
        await Promise.all([1, 2, 3].map(() => assignDue(deps, NOON + at)));
        chosen.push((await taskOf(task.id))?.assigneeId);
      }
      expect(chosen).toEqual([0, 1, 2, 0, 1, 2, 0].map((at) => world.people[at]));
    },
  );

  it("pass over who is away, was removed, or does not reach the campaign", async ({ expect }) => {
    const world = await mintRules(inTurn, 4);
    const [away, removed, limited, left] = world.people as [string, string, string, string];
    await setAbsence(
      deps,
      { ...world, reach: FULL_REACH, reviewerId: away },
      { until: NOON + HOUR, handOn: false },
      ACT_AT_NOON,
    );
    await db.update(memberships).set({ disabledAt: NOON }).where(eq(memberships.userId, removed));
    await db
      .update(memberships)
      .set({ campaigns: ["cmp_other"] })
      .where(eq(memberships.userId, limited));
    const first = await mintWork(world);
    await assignDue(deps, NOON + MINUTE);
    expect((await taskOf(first.task.id))?.assigneeId).toBe(left);
    // Back from the hour on, and first in line.
    const second = await mintWork(world, 2 * HOUR);
    await assignDue(deps, NOON + 3 * HOUR);
    expect((await taskOf(second.task.id))?.assigneeId).toBe(away);
  });

  it("hand on what somebody has who goes away, but not what they have begun; and all of who was removed", async ({
    expect,
  }) => {
    const world = await mintRules(inTurn, 2);
    const [one, other] = world.people as [string, string];
    const [a, b] = [await mintWork(world, 0), await mintWork(world, 1)];
    const callIds = [a.call.id, b.call.id];
    await assignCalls(deps, { ...world, reach: FULL_REACH, callIds, choice: { reviewerId: one } }, ACT_AT_NOON);
    await db.update(reviews).set({ state: "in_progress" }).where(eq(reviews.callId, b.call.id));
    await setAbsence(
      deps,
      { ...world, reach: FULL_REACH, reviewerId: one },
      { until: null, handOn: true },
      ACT_AT_NOON,
    );
    await assignDue(deps, NOON + MINUTE);
    expect([(await taskOf(a.task.id))?.assigneeId, (await taskOf(b.task.id))?.assigneeId]).toEqual([other, one]);
    await db.delete(absences).where(eq(absences.organizationId, world.organizationId));
    await db.delete(memberships).where(eq(memberships.userId, one));
    await handOnOfGone(deps, NOON + 2 * MINUTE);
    await assignDue(deps, NOON + 3 * MINUTE);
    expect((await taskOf(b.task.id))?.assigneeId).toBe(other);
  });

  it("sample nothing a second time that is handed on, and leave its due date", async ({ expect }) => {
    const world = await mintRules(
      (ids) => ({ ...inTurn(ids), dueHours: 24, sample: { perOperatorWeek: 2, others: "close" } }),
      2,
    );
    const [one, other] = world.people as [string, string];
    const operator = await mintOperator(db, world.organizationId, "One");
    const [a, b] = [
      await mintWork(world, 0, {}, { operatorId: operator.id }),
      await mintWork(world, 1, {}, { operatorId: operator.id }),
    ];
    await assignDue(deps, NOON + MINUTE);
    expect([(await taskOf(a.task.id))?.assigneeId, (await taskOf(b.task.id))?.assigneeId]).toEqual([one, other]);
    const choice = { reviewerId: one, dueAt: NOON + 3 * HOUR };
    await assignCalls(deps, { ...world, reach: FULL_REACH, callIds: [a.call.id, b.call.id], choice }, ACT_AT_NOON);
    const away = { ...world, reach: FULL_REACH, reviewerId: one };
    expect((await setAbsence(deps, away, { until: null, handOn: true }, ACT_AT_NOON)).ok).toBe(true);
    await assignDue(deps, NOON + 2 * MINUTE);
    for (const { task } of [a, b])
      expect(await taskOf(task.id)).toMatchObject({
        state: "open",
        assigneeId: other,
        dueAt: NOON + 3 * HOUR,
        assignAt: null,
      });
    // The week is as full as it was.
    const third = await mintWork(world, 2, {}, { operatorId: operator.id });
    await assignDue(deps, NOON + 3 * MINUTE);
    expect((await taskOf(third.task.id))?.closedReason).toBe("not_sampled");
  });

  it("for waiting calls too, renew the due dates of the rules before and leave one that somebody chose", async ({
    expect,
  }) => {
    const world = await mintRules(() => ({ dueHours: 24 }));
    const chosen = NOON + 7 * HOUR;
    const byRules = await mintWork(world, 0, { assignAt: null, dueAt: NOON + 24 * HOUR });
    const byHand = await mintWork(world, 1, { assignAt: null, dueAt: chosen });
    const none = await mintWork(world, 2, { assignAt: null });
    const write = (hours: number | null) =>
      writeReviewing(
        { db },
        { organizationId: world.organizationId, reach: FULL_REACH, id: world.campaign.id },
        {
          rules: { ...NO_REVIEWING, due_hours: hours },
          includeWaiting: true,
        },
        ACT_AT_NOON,
      );
    const due = async () =>
      Promise.all([byRules, byHand, none].map(async ({ task }) => (await taskOf(task.id))?.dueAt));
    expect((await write(48)).ok).toBe(true);
    await assignDue(deps, NOON + MINUTE);
    expect(await due()).toEqual([NOON + 48 * HOUR, chosen, NOON + 2 + 48 * HOUR]);
    // One that was chosen by hand while its rules waited stays, too.
    const later = await mintWork(world, 3, { dueAt: chosen });
    await assignDue(deps, NOON + MINUTE);
    expect((await taskOf(later.task.id))?.dueAt).toBe(chosen);
    await write(12);
    await assignDue(deps, NOON + MINUTE);
    expect(await due()).toEqual([NOON + 12 * HOUR, chosen, NOON + 2 + 12 * HOUR]);
  });

  it("leave open what they closed and somebody opened again", async ({ expect }) => {
    const world = await mintRules((ids) => ({ ...inTurn(ids), sample: { percent: 0, others: "close" } }));
    const { call, task } = await mintWork(world);
    await assignDue(deps, NOON + MINUTE);
    expect(await taskOf(task.id)).toMatchObject({ state: "closed", closedReason: "not_sampled", assignAt: null });
    const within = { ...world, reach: FULL_REACH, callIds: [call.id] };
    await changeTasks(deps, { ...within, change: { state: "open" } }, ACT_AT_NOON);
    await assignDue(deps, NOON + 2 * MINUTE);
    expect(await taskOf(task.id)).toMatchObject({ state: "open", closedReason: null, assignAt: null });
    // So does what was new when somebody closed it.
    const early = await mintWork(world, 1);
    const closed = { state: "closed" as const, reason: "other" as const, note: null };
    await changeTasks(deps, { ...within, callIds: [early.call.id], change: closed }, ACT_AT_NOON);
    await changeTasks(deps, { ...within, callIds: [early.call.id], change: { state: "open" } }, ACT_AT_NOON);
    await assignDue(deps, NOON + 3 * MINUTE);
    expect((await taskOf(early.task.id))?.state).toBe("open");
  });

  it("show who is limited to a campaign its reviewers and their work of it, and let them set no absence", async ({
    expect,
  }) => {
    const world = await mintRules(inTurn, 1);
    const { organizationId, campaign } = world;
    const [one] = world.people as [string];
    const elsewhere = { ...world, campaign: await mintCampaign(db, organizationId, "Elsewhere") };
    const beyond = await mintMember(db, organizationId, { campaigns: [elsewhere.campaign.id] });
    const made = [await mintWork(world, 0), await mintWork(elsewhere, 1), await mintWork(elsewhere, 2)];
    const callIds = made.map(({ call }) => call.id);
    await assignCalls(deps, { ...world, reach: FULL_REACH, callIds, choice: { reviewerId: one } }, ACT_AT_NOON);
    const within = { organizationId, reach: { campaigns: [campaign.id], operators: null } };
    expect(await listReviewers(db, within, NOON)).toMatchObject([{ id: one, open: 1 }]);
    const all = await listReviewers(db, { organizationId, reach: FULL_REACH }, NOON);
    expect(new Map(all.map(({ id, open }) => [id, open]))).toEqual(
      new Map([
        [one, 3],
        [beyond.userId, 0],
      ]),
    );
    const ofOperators = { campaigns: null, operators: ["opr_nobody"] };
    const counted = await listReviewers(db, { organizationId, reach: ofOperators }, NOON);
    expect(counted.map(({ open }) => open)).toEqual([0, 0]);
    const target = { organizationId, reviewerId: one };
    const asked = await setAbsence(deps, { ...within, ...target }, { until: null, handOn: true }, ACT_AT_NOON);
    expect(asked).toMatchObject({ ok: false, error: { kind: "forbidden" } });
    const pages = visit({ id: organizationId } as never, {
      role: "supervisor",
      reach: within.reach,
    });
    expect((await pages.post("/dashboard/reviewers/away", { reviewer: one, handOn: "1" })).status).not.toBe(303);
    expect(await db.select().from(absences).where(eq(absences.organizationId, organizationId))).toEqual([]);
    for (const { task } of made) expect((await taskOf(task.id))?.assigneeId).toBe(one);
    const { text } = await pages.page("/dashboard/reviewers");
    expect(text).not.toMatch(/reviewers\/away|\/back"/);
    await setAbsence(deps, { ...target, reach: FULL_REACH }, { until: null, handOn: false }, ACT_AT_NOON);
    expect(await endAbsence(db, { ...within, ...target })).toMatchObject({ ok: false, error: { kind: "forbidden" } });
    expect((await pages.post(`/dashboard/reviewers/${one}/back`)).status).not.toBe(303);
    expect((await pages.page("/dashboard/reviewers")).text).not.toMatch(/reviewers\/away|\/back"/);
    expect(await db.select().from(absences).where(eq(absences.organizationId, organizationId))).toHaveLength(1);
  });

  it("give to who has least, counting what they were given by hand", async ({ expect }) => {
    const world = await mintRules((ids) => ({ assign: "load", reviewers: ids.map((id) => ({ id })) }), 2);
    const [one, other] = world.people as [string, string];
    for (const at of [0, 1]) {
      const { call } = await mintWork(world, at, { assignAt: null });
      await assignCalls(
        deps,
        { ...world, reach: FULL_REACH, callIds: [call.id], choice: { reviewerId: one } },
        ACT_AT_NOON,
      );
    }
    const made = [];
    for (let at = 2; at < 6; at += 1) made.push(await mintWork(world, at));
    await assignDue(deps, NOON + MINUTE);
    const after = await Promise.all(made.map(({ task }) => taskOf(task.id)));
    expect(after.map((task) => task?.assigneeId)).toEqual([other, other, one, other]);
  });

  it("give to who knows the call's tags, and to the members of its team where nobody is named", async ({ expect }) => {
    const world = await mintRules((ids) => ({
      assign: "expertise",
      reviewers: ids.map((id, at) => ({ id, expertise: at === 2 ? ["Facturación"] : [] })),
    }));
    const { task } = await mintWork(world, 0, {}, { tags: ["facturacion"] });
    await assignDue(deps, NOON + MINUTE);
    expect((await taskOf(task.id))?.assigneeId).toBe(world.people[2]);
    const ofTeam = await mintRules(() => ({ assign: "round_robin" }), 1);
    const team = await mintTeam(db, ofTeam.organizationId, "Reviewers");
    const none = await mintWork(ofTeam, 0);
    const theirs = await mintWork(ofTeam, 1, { teamId: team.id, teamName: "Reviewers" });
    await addTeamMember(
      { db },
      { organizationId: ofTeam.organizationId, id: team.id },
      ofTeam.people[0] ?? "",
      ACT_AT_NOON,
    );
    await assignDue(deps, NOON + MINUTE);
    expect((await taskOf(none.task.id))?.assigneeId).toBe(null);
    expect((await taskOf(theirs.task.id))?.assigneeId).toBe(ofTeam.people[0]);
  });

  it(
    "take of each operator so many in a week, and close the tasks of the others",
    { timeout: 60_000 },
    async ({ expect }) => {
      const world = await mintRules((ids) => ({ ...inTurn(ids), sample: { perOperatorWeek: 2, others: "close" } }));
      const operators = [
        await mintOperator(db, world.organizationId, "One"),
        await mintOperator(db, world.organizationId, "Other"),
      ];
      const made = [];
      for (let at = 0; at < 8; at += 1)
        made.push(await mintWork(world, at, {}, { operatorId: operators[at % 2]?.id ?? null }));
      await Promise.all([1, 2, 3].map(() => assignDue(deps, NOON + MINUTE)));
      const after = await Promise.all(made.map(({ task }) => taskOf(task.id)));
      expect(after.map((task) => task?.state)).toEqual([...Array(4).fill("open"), ...Array(4).fill("closed")]);
      expect(after.map((task) => task?.closedReason)).toEqual([
        ...Array(4).fill(null),
        ...Array(4).fill("not_sampled"),
      ]);
      const nextWeek = NOON + 7 * 24 * HOUR;
      const again = await mintWork(world, 7 * 24 * HOUR, {}, { operatorId: operators[0]?.id ?? null });
      await assignDue(deps, nextWeek);
      expect((await taskOf(again.task.id))?.state).toBe("open");
    },
  );

  it("wait for an analysis where a sample asks for risk, and no longer than the call is waited for", async ({
    expect,
  }) => {
    const world = await mintRules((ids) => ({ ...inTurn(ids), sample: { riskFrom: 70, others: "close" } }));
    const risky = await mintWork(world, 0);
    const calm = await mintWork(world, 1);
    const late = await mintWork(world, 2);
    const claims = (score: number) => ({
      claims: [{ engine: "x", version: null, at: NOON, score, level: null, evidence: [] }],
      reviews: [],
    });
    for (const { call, task } of [risky, calm, late])
      await mintAnalysis(db, call, task.recordingId, { state: "pending" });
    await assignDue(deps, NOON + MINUTE);
    expect((await taskOf(risky.task.id))?.assignAt).toBe(NOON + 2 * MINUTE);
    await db
      .update(analyses)
      .set({ state: "completed", risk: claims(71) })
      .where(eq(analyses.callId, risky.call.id));
    await db
      .update(analyses)
      .set({ state: "completed", risk: claims(69) })
      .where(eq(analyses.callId, calm.call.id));
    await assignDue(deps, NOON + 2 * MINUTE);
    expect((await taskOf(risky.task.id))?.assigneeId).toBe(world.people[0]);
    expect((await taskOf(calm.task.id))?.state).toBe("closed");
    expect((await taskOf(late.task.id))?.state).toBe("open");
    await assignDue(deps, NOON + 16 * MINUTE);
    expect((await taskOf(late.task.id))?.state).toBe("closed");
  });

  it("leave alone what somebody took, was given or handed up meanwhile, and what has no rules any more", async ({
    expect,
  }) => {
    const world = await mintRules(inTurn);
    const taken = await mintWork(world, 0, { leaseUntil: NOON + HOUR });
    const given = await mintWork(world, 1, { assigneeId: "usr_somebody" });
    const up = await mintWork(world, 2, { escalatedAt: NOON });
    await assignDue(deps, NOON + MINUTE);
    for (const { task } of [taken, given, up])
      expect(await taskOf(task.id)).toMatchObject({ assigneeId: task.assigneeId, assignAt: null });
    await db
      .update(campaigns)
      .set({ settings: { autoAnalyze: true } })
      .where(eq(campaigns.id, world.campaign.id));
    const free = await mintWork(world, 3);
    await assignDue(deps, NOON + 2 * MINUTE);
    expect(await taskOf(free.task.id)).toMatchObject({ assigneeId: null, assignAt: null, state: "open" });
  });

  it("work in one organization where another's fail", async ({ expect }) => {
    const [broken, sound] = [await mintRules(inTurn), await mintRules(inTurn)];
    await db
      .update(campaigns)
      .set({ settings: { autoAnalyze: true, reviewing: { assign: "round_robin", reviewers: 7 as never } } })
      .where(eq(campaigns.id, broken.campaign.id));
    await mintWork(broken, 0);
    const { task } = await mintWork(sound, 1);
    await expect(assignDue(deps, NOON + MINUTE)).rejects.toThrow();
    expect((await taskOf(task.id))?.assigneeId).toBe(sound.people[0]);
    await db.delete(tasks).where(eq(tasks.organizationId, broken.organizationId));
  });

  it("let everybody have the tasks of a team that was deleted", async ({ expect }) => {
    const world = await mintRules(inTurn);
    const team = await mintTeam(db, world.organizationId, "There");
    const gone = await mintWork(world, 0, { teamId: "tem_gone", teamName: "Gone", assignAt: null });
    const there = await mintWork(world, 1, { teamId: team.id, teamName: "There", assignAt: null });
    await freeTasksOfGoneTeams(db, 500);
    expect([(await taskOf(gone.task.id))?.teamId, (await taskOf(there.task.id))?.teamId]).toEqual([null, team.id]);
  });
});
