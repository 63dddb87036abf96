import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

// Roll-ups that reports are read from. `period` is a day since 1970 in UTC, or of the grains `week` and `month` the first day
// of one; a week is seven days of a month, of which the last has what is left. `week_all` and `month_all` are of all operators
// together, of criteria alone.
// Calls count on the day they began, reviews on the day they were completed. "" stands for no campaign, operator, team
// or scorecard, since a primary key has no nulls. Times are milliseconds, scores and percents hundredths of a percent: whole
// numbers, so that a sum does not depend on its order. A job counts the days that triggers have marked
// (reports/count-day.ts). All are WITHOUT ROWID.

const GRAINS = ["day", "week", "month", "week_all", "month_all"] as const;

const place = {
  organizationId: text("organization_id").notNull(),
  grain: text({ enum: GRAINS }).notNull(),
  period: integer().notNull(),
  campaignId: text("campaign_id").notNull(),
  operatorId: text("operator_id").notNull(),
};

export const reportCalls = sqliteTable(
  "report_calls",
  {
    ...place,
    /** The team that has or had the call's task. */
    teamId: text("team_id").notNull(),
    calls: integer().notNull(),
    inbound: integer().notNull(),
    outbound: integer().notNull(),
    failed: integer().notNull(),
    /** Calls whose length is known, and their lengths. */
    timed: integer().notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** Calls with a stored recording, and with one that was measured. */
    recorded: integer().notNull(),
    analysed: integer().notNull(),
    /** Of what was measured. */
    heardMs: integer("heard_ms").notNull(),
    silenceMs: integer("silence_ms").notNull(),
    holdMs: integer("hold_ms").notNull(),
    longSilences: integer("long_silences").notNull(),
    /** Of recordings with a channel for each party. */
    splitMs: integer("split_ms").notNull(),
    operatorMs: integer("operator_ms").notNull(),
    customerMs: integer("customer_ms").notNull(),
    overlapMs: integer("overlap_ms").notNull(),
    interruptions: integer().notNull(),
    /** Calls of which somebody said how risky they are, the sum of it, and those of a high and of a critical risk. */
    risky: integer().notNull(),
    riskSum: integer("risk_sum").notNull(),
    high: integer().notNull(),
    critical: integer().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.organizationId, table.grain, table.period, table.campaignId, table.operatorId, table.teamId],
    }),
  ],
);

export const reportReviews = sqliteTable(
  "report_reviews",
  {
    ...place,
    teamId: text("team_id").notNull(),
    /** "" has what calls came to that several reviewed, less the scores of these: a call counts once in a sum. */
    reviewerId: text("reviewer_id").notNull(),
    scorecardId: text("scorecard_id").notNull(),
    reviews: integer().notNull(),
    /** Reviews with a score, and the sum of these. */
    scored: integer().notNull(),
    scoreSum: integer("score_sum").notNull(),
    /** Reviews that passed or failed. */
    judged: integer().notNull(),
    passed: integer().notNull(),
    autoFailed: integer("auto_failed").notNull(),
    /** Reviews of which it is known when their task was made, and the time from then until they were completed. */
    turned: integer().notNull(),
    turnaroundMs: integer("turnaround_ms").notNull(),
    /** Reviews of which it is known when they were begun and submitted, and the time between. */
    worked: integer().notNull(),
    workMs: integer("work_ms").notNull(),
    /** Reviews that were due at some time, and those completed after it. */
    due: integer().notNull(),
    late: integer().notNull(),
    /** Reviews of which a service level was broken, by them or by their task; and how often. */
    slaBroken: integer("sla_broken").notNull().default(0),
    slaViolations: integer("sla_violations").notNull().default(0),
  },
  (table) => [
    primaryKey({
      columns: [
        table.organizationId,
        table.grain,
        table.period,
        table.campaignId,
        table.operatorId,
        table.teamId,
        table.reviewerId,
        table.scorecardId,
      ],
    }),
  ],
);

/** What the criteria of a scorecard came to. One row has all of them: each in a row of its own would cost as many. */
export const reportCriteria = sqliteTable(
  "report_criteria",
  {
    ...place,
    scorecardId: text("scorecard_id").notNull(),
    /** By the id of the criterion: how often it counted, the sum of its percents, how often it failed, how often it did not apply. */
    criteria: text({ mode: "json" }).$type<Record<string, [number, number, number, number]>>().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.organizationId, table.grain, table.period, table.campaignId, table.operatorId, table.scorecardId],
    }),
  ],
);

/**
 * Weeks and months of which a day was counted anew since they were summed, or that were never summed: they are read from
 * their days until they are. A trigger marks them, also where a Worker of before counts (db/usage-triggers.ts).
 */
export const reportMarks = sqliteTable(
  "report_marks",
  {
    organizationId: text("organization_id").notNull(),
    grain: text({ enum: ["week", "month"] }).notNull(),
    period: integer().notNull(),
    /** The day after its last one. */
    until: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.grain, table.period] })],
);

/** What a report is broken down by, and what it is limited to. */
export type ScheduledReport = {
  by: string;
  campaign_id?: string | undefined;
  operator_id?: string | undefined;
  team_id?: string | undefined;
  reviewer_id?: string | undefined;
  scorecard_id?: string | undefined;
};

/** How far somebody reaches, as it was when they said what is to be sent. */
export type ScheduledReach = { campaigns: readonly string[] | null; operators: readonly string[] | null };

/** Reports that are sent by themselves: by mail to members, and as an event to webhooks. */
export const reportSchedules = sqliteTable(
  "report_schedules",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    name: text().notNull(),
    report: text({ mode: "json" }).$type<ScheduledReport>().notNull(),
    every: text({ enum: ["day", "week", "month"] }).notNull(),
    /** The hour of the day, in the schedule's zone, from which on it is sent. */
    hour: integer().notNull(),
    /** The ids of the members who get it by mail. */
    recipients: text({ mode: "json" }).$type<string[]>().notNull(),
    /** Whether webhooks are told of it. */
    tells: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    dueAt: integer("due_at").notNull(),
    /** Not used: each sending is a row of its own (`report_runs`), which is claimed. */
    leaseUntil: integer("lease_until").notNull(),
    /** Not used, likewise. */
    attempts: integer().notNull(),
    /** Not used, likewise. */
    reached: text({ mode: "json" }).$type<string[]>().notNull(),
    sentAt: integer("sent_at"),
    /** Why the last one was not sent to everybody. */
    trouble: text(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    version: integer().notNull(),
    zone: text().notNull().default("UTC"),
    /** Of a weekly one, the day it is sent on: 1 is Monday. */
    weekday: integer().notNull().default(1),
    /** Whose rights it has: who changed it last. */
    owner: text({ mode: "json" }).$type<{ kind: string; id: string }>().notNull().default({ kind: "system", id: "" }),
    /** What its owner reached then. */
    reach: text({ mode: "json" }).$type<ScheduledReach>().notNull().default({ campaigns: [], operators: [] }),
    /** Why it was paused by itself; null where a person did. */
    pausedReason: text("paused_reason"),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), index("report_schedules_due").on(table.dueAt)],
);

/**
 * How far a letter is. A letter is marked before it is handed over, so that no crash sends it twice: `unclear` is one that a
 * crash left so.
 */
export type LetterState = "waiting" | "trying" | "sent" | "failed" | "gone" | "no_mail" | "unclear";

/** Each sending of a report, once for each period; leased work until it has ended. */
export const reportRuns = sqliteTable(
  "report_runs",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    scheduleId: text("schedule_id").notNull(),
    /** What is sent once: the days, or the id of the request that asked for it at once. */
    period: text().notNull(),
    /** Days since 1970; `until` is not included. */
    fromDay: integer("from_day").notNull(),
    untilDay: integer("until_day").notNull(),
    name: text().notNull(),
    report: text({ mode: "json" }).$type<ScheduledReport>().notNull(),
    owner: text({ mode: "json" }).$type<{ kind: string; id: string }>().notNull(),
    reach: text({ mode: "json" }).$type<ScheduledReach>().notNull(),
    state: text({ enum: ["open", "done", "stopped"] }).notNull(),
    /** By the id of the member. */
    letters: text({ mode: "json" }).$type<Record<string, LetterState>>().notNull(),
    tells: integer({ mode: "boolean" }).notNull(),
    /** Whether webhooks were told. */
    told: integer({ mode: "boolean" }).notNull(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("report_runs_period").on(table.organizationId, table.scheduleId, table.period),
    index("report_runs_open")
      .on(table.dueAt)
      .where(sql`state = 'open'`),
  ],
);
