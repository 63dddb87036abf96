import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// Roll-ups that reports are read from. `period` is a day since 1970 in UTC, or of the grain `month` the first day of one.
// Calls count on the day they began, reviews on the day they were completed. "" stands for no campaign, operator, team
// or scorecard, since a primary key has no nulls. Times are milliseconds, scores and percents hundredths of a percent: whole
// numbers, so that a sum does not depend on its order. A job counts the days that triggers have marked
// (reports/count-day.ts). All are WITHOUT ROWID.

const GRAINS = ["day", "month"] as const;

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

/** Reports that are sent by themselves: by mail to members, each as far as they reach, and as an event to webhooks. */
export const reportSchedules = sqliteTable(
  "report_schedules",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    name: text().notNull(),
    /** By what it is broken down, and what it is limited to. */
    report: text({ mode: "json" }).$type<{ by: string; campaignId?: string }>().notNull(),
    every: text({ enum: ["day", "week", "month"] }).notNull(),
    /** The hour of the day, in UTC, from which on it is sent. */
    hour: integer().notNull(),
    /** The ids of the members who get it by mail. */
    recipients: text({ mode: "json" }).$type<string[]>().notNull(),
    /** Whether webhooks are told of it. */
    tells: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    dueAt: integer("due_at").notNull(),
    /** Who is at work on it has it until then. */
    leaseUntil: integer("lease_until").notNull(),
    attempts: integer().notNull(),
    /** Who of the recipients has this letter already, where it had to be begun again. */
    reached: text({ mode: "json" }).$type<string[]>().notNull(),
    sentAt: integer("sent_at"),
    /** Why the last one was not sent to everybody. */
    trouble: text(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    version: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), index("report_schedules_due").on(table.dueAt)],
);
