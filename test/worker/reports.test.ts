import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import * as schema from "../../src/db/schema";
import { FULL_REACH, type Reach } from "../../src/identity";
import { scoreOf, type Answers } from "../../src/quality";
import {
  countDayOfReports,
  reportBy,
  reportByCriterion,
  reportByTime,
  sumOfReport,
  sumPeriods,
  type Sums,
} from "../../src/reports";
import { countDays } from "../../src/usage";
import { runsOf } from "../long-runs";
import {
  mintAnalysis,
  mintCall,
  mintConsensus,
  mintOrganization,
  mintRecording,
  mintReview,
  mintScorecard,
  mintSource,
  mintTask,
  NOON,
  ONE_QUESTION,
  openDatabase,
} from "../factories";

const db = openDatabase(env.DB);
const DAY = 86_400_000;
const TODAY = Math.floor(NOON / DAY);
/** By month: July and September are whole in it, so it is read from months, weeks and days. */
const SPAN = { from: TODAY - 60, until: TODAY + 60 };

const { reportMarks, calls, consensuses, recordings, analyses, tasks, reviews, slaViolations } = schema;

type Call = Awaited<ReturnType<typeof mintCall>>;
type World = {
  organizationId: string;
  sources: string[];
  card: { id: string; version: number };
  calls: Call[];
  made: number;
};

const NONE = sumOfReport([]);

/** What a report of all days says, in all of its forms. */
async function reported(organizationId: string, reach: Reach = FULL_REACH) {
  const query = { organizationId, reach, ...SPAN };
  const [time, campaign, operator, team, reviewer, criteria] = await Promise.all([
    reportByTime(db, query),
    reportBy(db, "campaign", query),
    reportBy(db, "operator", query),
    reportBy(db, "team", query),
    reportBy(db, "reviewer", query),
    reportByCriterion(db, query),
  ]);
  const keyed = (rows: readonly (Sums & { key: string | null })[]) =>
    Object.fromEntries(rows.map(({ key, ...sums }) => [key ?? "", sums]));
  return {
    total: sumOfReport(time),
    campaign: keyed(campaign),
    operator: keyed(operator),
    team: keyed(team),
    reviewer: keyed(reviewer),
    criteria: Object.fromEntries(
      criteria.map(({ criterionId, counted, percents, failed, absent }) => [
        criterionId,
        { counted, percents, failed, absent },
      ]),
    ),
  };
}

type Findings = {
  durationSeconds: number;
  silenceSeconds: number;
  overlapSeconds: number | null;
  channels: { talkSeconds: number }[];
  call?: { holdSeconds: number; longSilenceCount: number; interruptionCount: number };
};

const whole = (seconds: number) => Math.round(seconds * 1000);

/** The same from the rows, one by one, in plain words. */
async function recounted(world: World, reach: Reach = FULL_REACH) {
  const { organizationId } = world;
  const groups: Record<string, Record<string, Sums>> = { campaign: {}, operator: {}, team: {}, reviewer: {} };
  let total = { ...NONE };
  const criteria: Record<string, { counted: number; percents: number; failed: number; absent: number }> = {};
  const within = (one: { campaignId: string | null; operatorId: string | null }) =>
    (reach.campaigns === null || reach.campaigns.includes(one.campaignId ?? "?")) &&
    (reach.operators === null || reach.operators.includes(one.operatorId ?? "?"));
  const add = (keys: Record<string, string>, sums: Partial<Sums>) => {
    total = sumOfReport([total, { ...NONE, ...sums }]);
    for (const [name, key] of Object.entries(keys))
      groups[name]![key] = sumOfReport([groups[name]![key] ?? NONE, { ...NONE, ...sums }]);
  };
  const allTasks = await db.select().from(tasks).where(eq(tasks.organizationId, organizationId));
  const violations = await db.select().from(slaViolations).where(eq(slaViolations.organizationId, organizationId));
  const taskOf = (callId: string) => allTasks.find((one) => one.callId === callId);
  for (const call of await db.select().from(calls).where(eq(calls.organizationId, organizationId))) {
    if (!within(call)) continue;
    const found = await db.select().from(analyses).where(eq(analyses.callId, call.id));
    const stored = await db.select().from(recordings).where(eq(recordings.callId, call.id));
    const heard = found.flatMap(({ findings }) => (findings === null ? [] : [findings as Findings]));
    const sum = (of: (one: Findings) => number) => heard.reduce((sofar, one) => sofar + of(one), 0);
    const isSplit = (one: Findings) => one.overlapSeconds !== null && one.channels.length === 2;
    const side = call.sourceId === world.sources[1] ? 1 : 0;
    const claims = found.map(
      ({ risk }) =>
        (risk as { claims: { score: number | null; level: string | null; at: number }[] } | null)?.claims ?? [],
    );
    const newest = claims.map(
      (of) => of.filter(({ score }) => score !== null).toSorted((one, other) => other.at - one.at)[0]?.score ?? -1,
    );
    const risk = Math.max(call.riskScore ?? -1, ...newest);
    const levels = claims.flat().map(({ level }) => level);
    const critical = risk >= 90 || levels.includes("critical");
    add(
      { campaign: call.campaignId ?? "", operator: call.operatorId ?? "", team: taskOf(call.id)?.teamId ?? "" },
      {
        calls: 1,
        inbound: Number(call.direction === "inbound"),
        outbound: Number(call.direction === "outbound"),
        failed: Number(call.state === "failed"),
        timed: Number(call.durationSeconds !== null),
        duration_ms: whole(call.durationSeconds ?? 0),
        recorded: Number(stored.some(({ state }) => state === "completed")),
        analysed: Number(heard.length > 0),
        heard_ms: sum((one) => whole(one.durationSeconds)),
        silence_ms: sum((one) => whole(one.silenceSeconds)),
        hold_ms: sum((one) => whole(one.call?.holdSeconds ?? 0)),
        long_silences: sum((one) => one.call?.longSilenceCount ?? 0),
        split_ms: sum((one) => (isSplit(one) ? whole(one.durationSeconds) : 0)),
        operator_ms: sum((one) => (isSplit(one) ? whole(one.channels[side]!.talkSeconds) : 0)),
        customer_ms: sum((one) => (isSplit(one) ? whole(one.channels[1 - side]!.talkSeconds) : 0)),
        overlap_ms: sum((one) => (isSplit(one) ? whole(one.overlapSeconds ?? 0) : 0)),
        interruptions: sum((one) => (isSplit(one) ? (one.call?.interruptionCount ?? 0) : 0)),
        risky: Number(risk >= 0),
        risk_sum: risk >= 0 ? Math.round(risk * 100) : 0,
        critical: Number(critical),
        high: Number(!critical && (risk >= 70 || levels.includes("high"))),
      },
    );
  }
  const reviewed = await db.select().from(reviews).where(eq(reviews.organizationId, organizationId));
  const agreed = await db.select().from(consensuses).where(eq(consensuses.organizationId, organizationId));
  const consensusOf = (callId: string) => {
    const found = agreed.find((one) => one.callId === callId);
    if (found?.state === "reached" || found?.state === "decided") return found;
    // Several reviewed it, and somebody closed it before they came to anything.
    const isClosed = (taskOf(callId)?.wanted ?? 1) > 1 && completedOf(callId).length > 1;
    return found && isClosed ? { score: null, passed: null } : undefined;
  };
  const completedOf = (callId: string) =>
    reviewed
      .filter((one) => one.callId === callId && one.state === "completed")
      .toSorted((one, other) => (one.completedAt ?? 0) - (other.completedAt ?? 0) || (one.id < other.id ? -1 : 1));
  const isFirst = (review: (typeof reviewed)[number]) => completedOf(review.callId)[0]?.id === review.id;
  const failsAtOnce = (review: (typeof reviewed)[number]) =>
    ((review.result as ReturnType<typeof scoreOf> | null)?.autoFailed.length ?? 0) > 0;
  for (const review of reviewed) {
    if (review.state !== "completed" || review.completedAt === null || !within(review)) continue;
    const task = taskOf(review.callId);
    const result = review.result as ReturnType<typeof scoreOf> | null;
    const done = review.submittedAt ?? review.completedAt;
    // While more reviews of a call are wanted, none of their scores counts.
    const counts = !task || task.wanted === 1 || task.state !== "open";
    const held = consensusOf(review.callId);
    const scores = (scored: typeof review) => ({
      scored: Number(counts && scored.score !== null),
      score_sum: counts ? Math.round((scored.score ?? 0) * 100) : 0,
      judged: Number(counts && scored.passed !== null),
      passed: Number(counts && scored.passed === true),
      auto_failed: Number(counts && (result?.autoFailed.length ?? 0) > 0),
    });
    const broken = violations.filter(
      ({ callId, objectId }) => callId === review.callId && (objectId === review.id || objectId === task?.id),
    );
    const hasWorked = review.submittedAt !== null && review.startedAt !== null;
    add(
      {
        campaign: review.campaignId ?? "",
        operator: review.operatorId ?? "",
        team: task?.teamId ?? "",
        reviewer: review.reviewerId,
      },
      {
        reviews: 1,
        ...scores(review),
        turned: Number(task !== undefined),
        turnaround_ms: task ? Math.max(0, done - task.createdAt) : 0,
        worked: Number(hasWorked),
        work_ms: hasWorked ? Math.max(0, review.submittedAt! - review.startedAt!) : 0,
        due: Number(review.dueAt !== null),
        late: Number(review.dueAt !== null && done > review.dueAt),
        sla_broken: Number(broken.length > 0),
        sla_violations: broken.length,
      },
    );
    const of = { campaign: review.campaignId ?? "", operator: review.operatorId ?? "", team: task?.teamId ?? "" };
    // A call counts once: what its reviewers came to, instead of what each of them found.
    if (held && counts) add(of, Object.fromEntries(Object.entries(scores(review)).map(([name, sum]) => [name, -sum])));
    if (held && counts && isFirst(review))
      add(of, {
        scored: Number(held.score !== null),
        score_sum: Math.round((held.score ?? 0) * 100),
        judged: Number(held.passed !== null),
        passed: Number(held.passed === true),
        auto_failed: Number(held.score === 0 && completedOf(review.callId).some((one) => failsAtOnce(one))),
      });
    for (const one of counts ? (result?.criteria ?? []) : []) {
      const known = (criteria[one.id] ??= { counted: 0, percents: 0, failed: 0, absent: 0 });
      known.counted += Number(one.percent !== null);
      known.percents += Math.round((one.percent ?? 0) * 100);
      known.failed += Number(one.failed);
      known.absent += Number((review.answers as Answers | null)?.[one.id]?.na ?? false);
    }
  }
  return { total, ...groups, criteria };
}

const index = fc.nat({ max: 4 });
const at = fc.integer({ min: NOON - 35 * DAY, max: NOON + 35 * DAY });
const seconds = fc.integer({ min: 0, max: 900_000 }).map((ms) => ms / 1000);
const campaign = fc.constantFrom(null, "cmp_1", "cmp_2");
const operator = fc.constantFrom(null, "opr_1", "opr_2");
const score = fc.option(fc.integer({ min: 0, max: 100 }));
const claim = fc.record(
  { score, level: fc.constantFrom(null, "high", "critical"), at: fc.nat({ max: 1_000_000 }) },
  { noNullPrototype: true },
);
const findings = fc.record(
  {
    durationSeconds: seconds,
    silenceSeconds: seconds,
    overlapSeconds: fc.option(seconds),
    channels: fc.array(fc.record({ talkSeconds: seconds }, { noNullPrototype: true }), { minLength: 1, maxLength: 2 }),
    call: fc.option(
      fc.record(
        {
          holdSeconds: seconds,
          longSilenceCount: fc.nat({ max: 9 }),
          interruptionCount: fc.nat({ max: 9 }),
        },
        { noNullPrototype: true },
      ),
      { nil: undefined },
    ),
  },
  { noNullPrototype: true },
);
const value = fc.constantFrom("yes", "no", null);

const step = fc.oneof(
  fc.record({
    kind: fc.constant("call" as const),
    campaignId: campaign,
    operatorId: operator,
    startedAt: at,
    right: fc.boolean(),
    direction: fc.constantFrom("inbound" as const, "outbound" as const, null),
    durationSeconds: fc.option(seconds),
    riskScore: score,
  }),
  fc.record({ kind: fc.constant("count" as const) }),
  // Weeks and months, some of which are over, and not always all of them.
  fc.record({ kind: fc.constant("sum" as const), limit: fc.constantFrom(1, 3, 1_000), day: fc.nat({ max: 80 }) }),
  fc.record({ kind: fc.constant("begin" as const), call: index, at }),
  fc.record({ kind: fc.constant("fail" as const), call: index }),
  fc.record({ kind: fc.constant("move" as const), call: index, campaignId: campaign, operatorId: operator }),
  fc.record({ kind: fc.constant("erase" as const), call: index }),
  fc.record({ kind: fc.constant("recording" as const), call: index, completed: fc.boolean() }),
  fc.record({
    kind: fc.constant("analysis" as const),
    call: index,
    findings: fc.option(findings),
    claims: fc.option(fc.uniqueArray(claim, { maxLength: 3, selector: (one) => one.at })),
  }),
  fc.record({ kind: fc.constant("task" as const), call: index, team: fc.constantFrom(null, "tem_1", "tem_2"), at }),
  fc.record({
    kind: fc.constant("review" as const),
    call: index,
    reviewer: fc.constantFrom("usr_1", "usr_2"),
    at,
    took: fc.nat({ max: 1_000_000 }),
    due: fc.option(at),
    answer: fc.record({ value, na: fc.boolean() }),
  }),
  fc.record({ kind: fc.constant("again" as const), call: index, at }),
  fc.record({
    kind: fc.constant("several" as const),
    call: index,
    wanted: fc.constantFrom(1, 2),
    state: fc.constantFrom("open" as const, "completed" as const, "closed" as const),
    consensus: fc.option(
      fc.record(
        {
          state: fc.constantFrom("open" as const, "reached" as const, "apart" as const, "decided" as const),
          score: fc.option(fc.integer({ min: 0, max: 10_000 }).map((one) => one / 100)),
          passed: fc.option(fc.boolean()),
          decidedAt: at,
        },
        { noNullPrototype: true },
      ),
    ),
  }),
  fc.record({ kind: fc.constant("late" as const), call: index, ofTask: fc.boolean(), policy: fc.nat({ max: 1 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(world: World, one: Step): Promise<void> {
  const { organizationId } = world;
  if (one.kind === "count") {
    await countDays(db, 1_000, countDayOfReports);
    return;
  }
  if (one.kind === "sum") {
    await sumPeriods(db, one.limit, (SPAN.from + one.day) * DAY);
    return;
  }
  if (one.kind === "call") {
    const { kind: _, right, ...facts } = one;
    world.calls.push(await mintCall(db, organizationId, { ...facts, sourceId: world.sources[right ? 1 : 0]! }));
    return;
  }
  const call = world.calls[one.call];
  if (!call) return;
  world.made += 1;
  const ofCall = { id: call.id, organizationId };
  switch (one.kind) {
    case "begin":
      await db.update(calls).set({ startedAt: one.at }).where(eq(calls.id, call.id));
      return;
    case "fail":
      await db.update(calls).set({ state: "failed" }).where(eq(calls.id, call.id));
      return;
    case "move": {
      const { campaignId, operatorId } = one;
      await db.update(calls).set({ campaignId, operatorId }).where(eq(calls.id, call.id));
      await db.update(reviews).set({ campaignId, operatorId }).where(eq(reviews.callId, call.id));
      return;
    }
    case "erase":
      for (const table of [slaViolations, reviews, tasks, recordings, analyses, consensuses])
        await db.delete(table).where(eq(table.callId, call.id));
      await db.delete(calls).where(eq(calls.id, call.id));
      return;
    case "recording":
      await mintRecording(db, ofCall, { id: `rec_${world.made}`, state: one.completed ? "completed" : "pending" });
      return;
    case "analysis": {
      const risk = one.claims && { claims: one.claims, reviews: [] };
      await mintAnalysis(db, ofCall, "rec_1", {
        id: `ana_${organizationId}_${world.made}`,
        findings: one.findings,
        risk,
      });
      return;
    }
    case "late": {
      // Noted at any time: before the review is done, or after the day was counted.
      const [review] = await db.select().from(reviews).where(eq(reviews.callId, call.id));
      const [task] = await db.select().from(tasks).where(eq(tasks.callId, call.id));
      const object = one.ofTask ? task : review;
      if (!object) return;
      const found = { policyId: `sla_${one.policy}`, objectId: object.id, callId: call.id, organizationId };
      const times = { startedAt: NOON, dueAt: NOON, notedAt: NOON };
      await db
        .insert(slaViolations)
        .values({ ...found, ...times })
        .onConflictDoNothing();
      return;
    }
    case "task": {
      const [known] = await db.select().from(tasks).where(eq(tasks.callId, call.id));
      // A review is of a task, so none is made after it.
      const [reviewed] = await db.select().from(reviews).where(eq(reviews.callId, call.id));
      if (!known && reviewed) return;
      if (known) await db.update(tasks).set({ teamId: one.team }).where(eq(tasks.id, known.id));
      else await mintTask(db, ofCall, "rec_1", { teamId: one.team, createdAt: one.at });
      return;
    }
    case "review": {
      const answers: Answers = {
        name: { value: one.answer.na ? null : one.answer.value, na: one.answer.na, comment: "", at_seconds: null },
      };
      const result = scoreOf(ONE_QUESTION, answers);
      const held = (await db.select().from(calls).where(eq(calls.id, call.id)))[0];
      if (!held) return;
      await mintReview(db, ofCall, world.card, {
        id: `rev_${organizationId}_${world.made}`,
        reviewerId: one.reviewer,
        campaignId: held.campaignId,
        operatorId: held.operatorId,
        state: "completed",
        answers,
        result,
        score: result.score,
        passed: result.passed,
        startedAt: one.at,
        submittedAt: one.at + one.took,
        completedAt: one.at + one.took + 10_000,
        dueAt: one.due,
      });
      return;
    }
    case "several": {
      const { wanted, state, consensus } = one;
      await db.update(tasks).set({ wanted, state }).where(eq(tasks.callId, call.id));
      if (consensus === null) await db.delete(consensuses).where(eq(consensuses.callId, call.id));
      else {
        const known = await db.update(consensuses).set(consensus).where(eq(consensuses.callId, call.id)).returning();
        if (known.length === 0) await mintConsensus(db, ofCall, consensus);
      }
      return;
    }
    case "again":
      await db
        .update(reviews)
        .set({ state: "returned", reason: "again" })
        .where(and(eq(reviews.callId, call.id), eq(reviews.state, "completed")));
  }
}

async function newWorld(): Promise<World> {
  const { id: organizationId } = await mintOrganization(db);
  const left = await mintSource(db, organizationId);
  const right = await mintSource(db, organizationId, { settings: { operator_channel: 1 } });
  return {
    organizationId,
    sources: [left.id, right.id],
    card: await mintScorecard(db, organizationId, { state: "published" }),
    calls: [],
    made: 0,
  };
}

describe("the roll-ups of reports", () => {
  it("are what a recount finds, whatever happens in whatever order, also for whom they are limited to", async ({
    expect,
  }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 45 }), async (steps) => {
        const world = await newWorld();
        for (const one of steps) await take(world, one);
        await countDays(db, 1_000, countDayOfReports);
        for (const reach of [
          FULL_REACH,
          { campaigns: ["cmp_1"], operators: null },
          { campaigns: ["cmp_1", "cmp_2"], operators: ["opr_2"] },
          { campaigns: [], operators: null },
        ])
          expect(await reported(world.organizationId, reach)).toEqual(await recounted(world, reach));
        const { organizationId } = world;
        const counted = await reported(organizationId);
        await sumPeriods(db, 1_000, (SPAN.until + 40) * DAY);
        expect(await db.select().from(reportMarks).where(eq(reportMarks.organizationId, organizationId))).toEqual([]);
        expect(await reported(organizationId)).toEqual(counted);
      }),
      { numRuns: runsOf(25) },
    );
  });

  const REVIEWED = {
    kind: "review",
    call: 0,
    took: 60_000,
    due: null,
    answer: { value: "yes", na: false },
  } as const;
  /** A call that two people reviewed on a Monday and the Tuesday after it, and somebody decided on Wednesday. */
  async function decidedOnWednesday(): Promise<World> {
    const world = await newWorld();
    const steps: Step[] = [
      {
        kind: "call",
        campaignId: "cmp_1",
        operatorId: "opr_1",
        startedAt: NOON - DAY,
        right: false,
        direction: "inbound",
        durationSeconds: 60,
        riskScore: null,
      },
      { kind: "task", call: 0, team: null, at: NOON - DAY },
      { ...REVIEWED, reviewer: "usr_1", at: NOON },
      { ...REVIEWED, reviewer: "usr_2", at: NOON + DAY },
      {
        kind: "several",
        call: 0,
        wanted: 2,
        state: "completed",
        consensus: { state: "decided", score: 70, passed: true, decidedAt: NOON + 2 * DAY },
      },
      { kind: "count" },
    ];
    for (const one of steps) await take(world, one);
    return world;
  }

  const LATER: Record<string, Step> = {
    "its call is moved": { kind: "move", call: 0, campaignId: "cmp_2", operatorId: "opr_2" },
    "its call gets a team": { kind: "task", call: 0, team: "tem_1", at: NOON },
    "nobody is asked for it any more": { kind: "several", call: 0, wanted: 1, state: "completed", consensus: null },
    "its reviews are to be done again": { kind: "again", call: 0, at: NOON },
    "one more reviewed it": { ...REVIEWED, reviewer: "usr_2", at: NOON - 3 * DAY },
    "its call is erased": { kind: "erase", call: 0 },
  };
  for (const [name, later] of Object.entries(LATER))
    it(`count what several came to anew where ${name} after the day on which they did`, async ({ expect }) => {
      const world = await decidedOnWednesday();
      expect((await reported(world.organizationId)).campaign).toMatchObject({ cmp_1: { scored: 1, score_sum: 7_000 } });
      await take(world, later);
      await countDays(db, 1_000, countDayOfReports);
      expect(await reported(world.organizationId)).toEqual(await recounted(world));
    });

  it("count the days of both anew where a second review is done of a call that came to nothing", async ({ expect }) => {
    const world = await decidedOnWednesday();
    const closed = { kind: "several", call: 0, wanted: 2, state: "closed" } as const;
    await take(world, {
      ...closed,
      consensus: { state: "apart", score: null, passed: null, decidedAt: NOON + 2 * DAY },
    });
    const isSecond = and(eq(reviews.organizationId, world.organizationId), eq(reviews.reviewerId, "usr_2"));
    await db.update(reviews).set({ state: "returned" }).where(isSecond);
    await countDays(db, 1_000, countDayOfReports);
    expect((await reported(world.organizationId)).total.scored).toBe(1);
    await take(world, { ...REVIEWED, reviewer: "usr_2", at: NOON + 3 * DAY });
    await countDays(db, 1_000, countDayOfReports);
    expect((await reported(world.organizationId)).total.scored).toBe(0);
    expect(await reported(world.organizationId)).toEqual(await recounted(world));
  });
});

describe("reading reports", () => {
  /** Roll-ups of a year of 1,000,000 reviews: 25 operators in each of 8 campaigns, 5 reviewers, two of them for each operator. */
  async function mintYear(): Promise<{ organizationId: string; first: number }> {
    const { id: organizationId } = await mintOrganization(db);
    const first = Date.UTC(2025, 0, 1) / DAY;
    const numbers = (most: number) =>
      `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${most - 1}) SELECT i FROM n)`;
    const place = `'${organizationId}', 'day', ${first} + day.i, 'cmp_' || (person.i % 8), 'opr_' || person.i, ''`;
    const each = `FROM ${numbers(365)} AS day, ${numbers(200)} AS person`;
    const month = (day: string) =>
      `CAST(unixepoch(date(${day} * 86400, 'unixepoch', 'start of month')) / 86400 AS INTEGER)`;
    const columns = (table: typeof schema.reportCalls | typeof schema.reportReviews) =>
      Object.values(table).flatMap((column) =>
        typeof column === "object" && "name" in column ? [column.name as string] : [],
      );
    const ofCalls = columns(schema.reportCalls).slice(6);
    const ofReviews = columns(schema.reportReviews).slice(8);
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO report_calls SELECT ${place}, 40, ${ofCalls
          .slice(1)
          .map((_, number) => number + 1)
          .join(", ")} ${each}`,
      ),
      env.DB.prepare(
        `INSERT INTO report_reviews SELECT ${place}, 'usr_' || ((person.i + pair.i) % 5), 'scd_1', 7, 7, 58000, 7, ${ofReviews
          .slice(4)
          .map((_, number) => number + 1)
          .join(", ")}
         ${each}, ${numbers(2)} AS pair`,
      ),
      env.DB.prepare(
        `INSERT INTO report_criteria SELECT '${organizationId}', 'day', ${first} + day.i, 'cmp_' || (person.i % 8), 'opr_' || person.i, 'scd_1',
           (SELECT json_group_object('criterion_' || i, json_array(14, 120000, 2, 1)) FROM ${numbers(15)}) ${each}`,
      ),
    ]);
    const sums = (names: readonly string[]) => names.map((name) => `sum(${name})`).join(", ");
    const week = `(period - (period - ${month("period")}) % 7)`;
    for (const [grain, start] of [
      ["month", month("period")],
      ["week", week],
    ])
      await env.DB.batch([
        env.DB.prepare(`INSERT INTO report_calls SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, team_id, ${sums(ofCalls)}
        FROM report_calls WHERE organization_id = ? AND grain = 'day' GROUP BY 3, 4, 5`).bind(organizationId),
        env.DB.prepare(`INSERT INTO report_reviews SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, team_id, reviewer_id, scorecard_id, ${sums(ofReviews)}
        FROM report_reviews WHERE organization_id = ? AND grain = 'day' GROUP BY 3, 4, 5, 7`).bind(organizationId),
        env.DB.prepare(`INSERT INTO report_criteria SELECT organization_id, '${grain}', ${start}, campaign_id, operator_id, scorecard_id, max(criteria)
        FROM report_criteria WHERE organization_id = ? AND grain = 'day' GROUP BY 3, 4, 5`).bind(organizationId),
        env.DB.prepare(`INSERT INTO report_criteria SELECT organization_id, '${grain}_all', ${start}, campaign_id, '', scorecard_id, max(criteria)
        FROM report_criteria WHERE organization_id = ? AND grain = 'day' GROUP BY 3, 4`).bind(organizationId),
      ]);
    return { organizationId, first };
  }

  it("of 1,000,000 reviews reads roll-ups alone, and few rows of them", async ({ expect }) => {
    const { organizationId, first } = await mintYear();
    const rows = { read: 0 };
    const seen = readsCounted(rows);
    const year = { organizationId, reach: FULL_REACH, from: first, until: first + 365 };
    const total = sumOfReport(await reportByTime(seen, year));
    expect(total.reviews).toBe(365 * 200 * 2 * 7);
    expect(total.calls).toBe(365 * 200 * 40);
    // Twelve months of 200 operators, and of 400 pairs of operator and reviewer; twice, since they are sorted.
    expect(rows.read).toBeLessThanOrEqual(2 * 12 * 600 + 100);
    rows.read = 0;
    expect(await reportBy(seen, "operator", year)).toHaveLength(200);
    expect(rows.read).toBeLessThanOrEqual(2 * 12 * 600 + 1_000);
    rows.read = 0;
    expect(await reportByCriterion(seen, year)).toHaveLength(15);
    // Of everybody: a row of each campaign. Of some operators, a row of each of these.
    expect(rows.read).toBeLessThanOrEqual(12 * 8 + 100);
    rows.read = 0;
    const some = { ...year, reach: { campaigns: null, operators: ["opr_1", "opr_2"] } };
    expect(await reportByCriterion(seen, some)).toHaveLength(15);
    expect(rows.read).toBeLessThanOrEqual(12 * 200 + 100);
    // A span that begins and ends within months has the weeks and days at its ends: at most ten of each.
    rows.read = 0;
    const odd = { ...year, from: first + 5, until: first + 300 };
    expect(sumOfReport(await reportByTime(seen, odd)).reviews).toBe(295 * 200 * 2 * 7);
    expect(rows.read).toBeLessThanOrEqual((20 + 9) * 600 + 500);
    // What is marked is read from its days until it is summed, and says the same.
    const marked = { organizationId, grain: "month" as const, period: first + 31, until: first + 59 };
    await db.insert(reportMarks).values([marked, { ...marked, grain: "week", until: first + 38 }]);
    await env.DB.prepare(`DELETE FROM report_calls WHERE organization_id = ? AND (grain = 'month' OR grain = 'week' AND period < ?)
      AND period >= ? AND period < ?`)
      .bind(organizationId, first + 38, first + 31, first + 59)
      .run();
    expect(sumOfReport(await reportByTime(seen, year)).calls).toBe(365 * 200 * 40);
    expect(await sumPeriods(db, 10, (first + 58) * DAY)).toBe(2);
    expect(sumOfReport(await reportByTime(seen, year)).calls).toBe(365 * 200 * 40);
    expect(await sumPeriods(db, 10, (first + 58) * DAY)).toBe(0);
  });
});

/** The database, with the rows counted that its statements read. */
function readsCounted(rows: { read: number }) {
  const watch = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => watch(target.bind(...values));
        if (name === "all" || name === "run")
          return async () => {
            const result = await target.all();
            rows.read += result.meta.rows_read;
            return result;
          };
        if (name === "raw")
          return async () => {
            const result = await target.all();
            rows.read += result.meta.rows_read;
            return result.results.map((row) => Object.values(row as object));
          };
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
  return openDatabase(
    new Proxy(env.DB, {
      get(target, name) {
        if (name === "prepare") return (text: string) => watch(target.prepare(text));
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    }),
  );
}
