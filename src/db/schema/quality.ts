import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How the score of a call is made of those that its reviewers agree on. */
export const CONSENSUS_RULES = ["mean", "median", "lowest"] as const;

/**
 * The versions of scorecards. A draft is changed until it is published; a version that was published stays as it is. Of
 * one scorecard at most one version is a draft and at most one is published: the newest of their kind.
 */
export const scorecards = sqliteTable(
  "scorecards",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    version: integer().notNull(),
    name: text().notNull(),
    state: text({ enum: ["draft", "published", "archived"] }).notNull(),
    /** The campaigns whose calls it is for; null for all. */
    campaigns: text({ mode: "json" }).$type<string[]>(),
    definition: text({ mode: "json" }).$type<unknown>().notNull(),
    createdAt: integer("created_at").notNull(),
    publishedAt: integer("published_at"),
    archivedAt: integer("archived_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id, table.version] }),
    index("scorecards_by_state").on(table.organizationId, table.state),
  ],
);

/**
 * The review of a call by one person. `assigned`: chosen for them. `in_progress`: begun; who works at it has the call's
 * task (`tasks.review_id`) for the time of a lease. `submitted`: can still be taken back. `lapsed`: somebody else has the
 * call now, and what was answered is kept. `returned`: to be done again, in a review of its own. `escalated`: handed up, for somebody
 * who is chosen.
 */
export const reviews = sqliteTable(
  "reviews",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    callId: text("call_id").notNull(),
    /** Those of the call, wherever it is moved. */
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    /** The id of a person or a key. */
    reviewerId: text("reviewer_id").notNull(),
    state: text({
      enum: [
        "assigned",
        "in_progress",
        "submitted",
        "completed",
        "skipped",
        "lapsed",
        "returned",
        "withdrawn",
        "escalated",
      ],
    }).notNull(),
    /** What it is judged by: chosen when it begins. */
    scorecardId: text("scorecard_id"),
    scorecardVersion: integer("scorecard_version"),
    answers: text({ mode: "json" }).$type<unknown>(),
    /** What engines answered to the same criteria, and why (quality/reviews/engine-answers.ts). */
    prefill: text({ mode: "json" }).$type<unknown>(),
    /** Once it is submitted, what its answers make (quality/scorecards/score.ts). */
    result: text({ mode: "json" }).$type<unknown>(),
    score: real(),
    passed: integer({ mode: "boolean" }),
    /** Why it was skipped or returned. */
    reason: text(),
    note: text(),
    assignedBy: text("assigned_by").notNull(),
    dueAt: integer("due_at"),
    assignedAt: integer("assigned_at").notNull(),
    startedAt: integer("started_at"),
    submittedAt: integer("submitted_at"),
    /** Until then it can be taken back, and nobody is told of it. */
    undoUntil: integer("undo_until"),
    completedAt: integer("completed_at"),
    /** The writer of this state. Dependent writes of the same batch check it. */
    writer: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("reviews_by_call").on(table.callId),
    index("reviews_by_reviewer").on(table.organizationId, table.reviewerId, table.id),
    index("reviews_open")
      .on(table.organizationId, table.reviewerId, table.state, table.id)
      .where(sql`state IN ('assigned', 'in_progress', 'submitted')`),
    index("reviews_submitted")
      .on(table.undoUntil)
      .where(sql`state = 'submitted'`),
    // Those of a day are counted for reports. Costs a row for each review.
    index("reviews_completed")
      .on(table.organizationId, table.completedAt)
      .where(sql`state = 'completed'`),
    index("reviews_of_operator")
      .on(table.organizationId, table.operatorId, table.id)
      .where(sql`state = 'completed'`),
    // Calls are read by their score, the worst first. Costs a row for each review.
    index("reviews_by_score")
      .on(table.organizationId, table.score, table.callId)
      .where(sql`state = 'completed' AND score IS NOT NULL`),
  ],
);

/**
 * What is said of a call: by whoever reviews it or looks at it, at a moment of the recording, and of a review by the operator
 * afterwards. `reviewId` is "" where it is said of the call and of no review. Times are in milliseconds, `atSeconds` in
 * seconds of the recording.
 */
export const reviewComments = sqliteTable(
  "review_comments",
  {
    organizationId: text("organization_id").notNull(),
    reviewId: text("review_id").notNull(),
    id: text().notNull(),
    callId: text("call_id").notNull(),
    kind: text({ enum: ["comment", "answer"] }).notNull(),
    authorId: text("author_id").notNull(),
    /** The comment that it replies to, which begins a thread; that may be deleted by now. */
    parentId: text("parent_id"),
    atSeconds: real("at_seconds"),
    text: text().notNull(),
    /** The members that it names. */
    mentions: text({ mode: "json" }).$type<string[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    editedAt: integer("edited_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.reviewId, table.id] }),
    index("review_comments_by_call").on(table.callId),
  ],
);

/** Who is given nothing to review by rules, until when: null until they are back. */
export const absences = sqliteTable(
  "absences",
  {
    organizationId: text("organization_id").notNull(),
    /** The id of a person or a key. */
    reviewerId: text("reviewer_id").notNull(),
    until: integer(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.reviewerId] })],
);

/**
 * Whose turn it is in a campaign whose rules choose reviewers: of each the number of the last turn they had. Of the
 * campaign "" it is the lock of the whole organization. `writer`: who wrote it last, for the compare-and-set.
 */
export const assignmentTurns = sqliteTable(
  "assignment_turns",
  {
    organizationId: text("organization_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    turns: text({ mode: "json" }).$type<Record<string, number>>().notNull(),
    writer: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.campaignId] })],
);

/** How many calls of an operator the sample of a campaign took in a week, which begins at `week` in milliseconds. */
export const sampleCounts = sqliteTable(
  "sample_counts",
  {
    organizationId: text("organization_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    week: integer().notNull(),
    operatorId: text("operator_id").notNull(),
    taken: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.campaignId, table.week, table.operatorId] })],
);

/**
 * What several reviewers of a call came to. `open`: not all of them are done. `reached`: enough of their scores are within
 * the spread. `apart`: they are not, and somebody is to decide. `decided`: somebody has. Its `writer` is the lock of the
 * call's opinions: whoever changes what they come to changes it from what was read.
 */
export const consensuses = sqliteTable(
  "consensuses",
  {
    organizationId: text("organization_id").notNull(),
    callId: text("call_id").notNull(),
    state: text({ enum: ["open", "reached", "apart", "decided"] }).notNull(),
    /** Reviews by different people that it takes, and points that their scores may differ by. */
    wanted: integer().notNull(),
    maxSpread: real("max_spread").notNull(),
    /** Which score is that of the call. */
    rule: text({ enum: CONSENSUS_RULES }).notNull().default("mean"),
    /** What is done where they are apart: one more is asked first, or it is handed up at once. */
    whenApart: text("when_apart", { enum: ["another", "escalate"] })
      .notNull()
      .default("escalate"),
    /** Who asked for it: a person, a key, or `system` where the campaign's rules did. */
    askedBy: text("asked_by").notNull(),
    /** Of the reviews that it rests on. */
    spread: real(),
    score: real(),
    passed: integer({ mode: "boolean" }),
    /** The ids of these reviews, and the criteria that they answered differently. */
    reviewIds: text("review_ids", { mode: "json" }).$type<string[]>(),
    differing: text({ mode: "json" }).$type<string[]>(),
    createdAt: integer("created_at").notNull(),
    decidedAt: integer("decided_at"),
    /** Who decided, and why, where the reviewers were apart. */
    decidedBy: text("decided_by"),
    reason: text(),
    writer: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.callId] }),
    // Those of a day are counted for reports.
    index("consensuses_decided")
      .on(table.organizationId, table.decidedAt)
      .where(sql`decided_at IS NOT NULL`),
    index("consensuses_by_score")
      .on(table.organizationId, table.score, table.callId)
      .where(sql`state IN ('reached', 'decided') AND score IS NOT NULL`),
  ],
);

/** When somebody works: seven days of spans `["09:00", "18:00"]`, Monday first, and days on which nobody does. */
export type BusinessHours = {
  timeZone: string;
  days: readonly (readonly (readonly [string, string])[])[];
  holidays: readonly string[];
};

/** By when something is to be done with a call. An archived one is kept for what it found. */
export const slaPolicies = sqliteTable(
  "sla_policies",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    name: text().notNull(),
    /** What has to happen in time (quality/service-levels/measures.ts). */
    measure: text({ enum: ["task_reviewed", "review_begun", "review_done", "escalation_answered"] }).notNull(),
    seconds: integer().notNull(),
    /** The campaigns whose calls it is for; null for all. */
    campaigns: text({ mode: "json" }).$type<string[]>(),
    /** Null: the clock never stops. */
    hours: text({ mode: "json" }).$type<BusinessHours>(),
    /** What began up to here has been looked at. */
    sweptUntil: integer("swept_until").notNull(),
    createdAt: integer("created_at").notNull(),
    archivedAt: integer("archived_at"),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** What was not done in time: once for each policy and object. */
export const slaViolations = sqliteTable(
  "sla_violations",
  {
    organizationId: text("organization_id").notNull(),
    policyId: text("policy_id").notNull(),
    /** The id of a task or a review. */
    objectId: text("object_id").notNull(),
    callId: text("call_id").notNull(),
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    /** Who had it then. */
    reviewerId: text("reviewer_id"),
    startedAt: integer("started_at").notNull(),
    dueAt: integer("due_at").notNull(),
    notedAt: integer("noted_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.policyId, table.objectId] }),
    index("sla_violations_by_time").on(table.organizationId, table.notedAt, table.policyId, table.objectId),
    index("sla_violations_by_call").on(table.callId),
  ],
);
