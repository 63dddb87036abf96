import { sql } from "drizzle-orm";
import type { PiiKind } from "./campaigns";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The conversation of a call as the platform sent it. Limited in size when it is folded in (calls/conversation.ts). */
export type Conversation = {
  agentId: string | null;
  summary: string | null;
  transcript: string | null;
  /** `at` in milliseconds, UTC; `finer`: the digits of the second behind them, where the platform sent any. */
  timeline: {
    at: number;
    finer?: string;
    kind: "message" | "action_start" | "action_end";
    speaker: "bot" | "human" | null;
    text: string;
  }[];
  actionResults: unknown[];
};

/**
 * What a conversation was before what may not be handed on was masked in it, and which kinds that were. `dropped`: that was
 * deleted, or is not to be kept, and `conversation` is what is left: a Worker of an earlier version, which takes it for what
 * was said, keeps that.
 */
export type UnmaskedConversation = { kinds: PiiKind[]; conversation: Conversation | null; dropped?: true };

/** One conversation. `id` is derived from (organization, source, external id), so repeated notices share one row. */
export const calls = sqliteTable(
  "calls",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    externalId: text("external_id").notNull(),
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    /** Why no task may be created yet, e.g. `unknown_campaign`. Null in the normal case. */
    quarantine: text(),
    state: text({ enum: ["in_progress", "completed", "failed"] }).notNull(),
    direction: text({ enum: ["inbound", "outbound", "internal"] }),
    fromRaw: text("from_raw"),
    fromE164: text("from_e164"),
    toRaw: text("to_raw"),
    toE164: text("to_e164"),
    /** The platform's own word for the call's end. */
    providerStatus: text("provider_status"),
    error: text(),
    /** When the call began. Until that is known, the time of the first notice. Milliseconds, UTC. */
    startedAt: integer("started_at").notNull(),
    /** The platform's text from which `startedAt` was read. */
    startedAtRaw: text("started_at_raw"),
    answeredAt: integer("answered_at"),
    endedAt: integer("ended_at"),
    durationSeconds: real("duration_seconds"),
    talkSeconds: real("talk_seconds"),
    /** The shape of the conversation, packed (analysis/talk-strip.ts); null until a recording of it is analysed. */
    talkStrip: text("talk_strip"),
    /** The highest of what risk rules and platforms said of it, 0 to 100; null where none did. No notice changes it. */
    riskScore: integer("risk_score"),
    /** What people and sidecars put on the call, normalized and in order (calls/tags.ts). */
    tags: text({ mode: "json" }).$type<string[]>().notNull().default([]),
    operatorName: text("operator_name"),
    /** The platform's identifier of the operator, e.g. `net2phone:user:42`. */
    operatorReference: text("operator_reference"),
    /** The platform's account, site or line of the call. A source may map these to campaigns. */
    account: text(),
    /** The campaign number from the platform, kept while no campaign has it. */
    campaignNumber: integer("campaign_number"),
    custom: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    /** Null on platforms that only connect calls. Large: lists leave it out. */
    conversation: text({ mode: "json" }).$type<Conversation>(),
    /** The same before it was masked; null where nothing was. Read by nobody but `analysis/redaction`. Large. */
    unmasked: text({ mode: "json" }).$type<UnmaskedConversation>(),
    /** The rank of the notice each value came from, so that the order of notices does not matter (calls/fold.ts). */
    ranks: text({ mode: "json" }).$type<Record<string, number>>().notNull(),
    /** The terminal event that was recorded: `call.completed` and `call.failed` exclude each other. */
    terminal: text({ enum: ["completed", "failed"] }),
    /** When the finalizer closes a call whose end never arrived. */
    finalizeAt: integer("finalize_at").notNull(),
    version: integer().notNull(),
    /** The writer of this version. Dependent inserts of the same batch check it. */
    writer: text().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    index("calls_by_time").on(table.organizationId, table.startedAt, table.id),
    // What supervisors search by, newest first. Each index costs a row per call. Other filters scan.
    index("calls_by_campaign")
      .on(table.organizationId, table.campaignId, table.startedAt, table.id)
      .where(sql`campaign_id IS NOT NULL`),
    index("calls_by_operator")
      .on(table.organizationId, table.operatorId, table.startedAt, table.id)
      .where(sql`operator_id IS NOT NULL`),
    index("calls_in_progress")
      .on(table.finalizeAt)
      .where(sql`state = 'in_progress'`),
    // Costs a call nothing unless it is in quarantine.
    index("calls_in_quarantine")
      .on(table.organizationId, table.startedAt, table.id)
      .where(sql`quarantine IS NOT NULL`),
  ],
);

/**
 * A call's audio, and the work of fetching it (db/work.ts). `state = 'pending'` is open work: due at `dueAt`, its
 * message repeated after `nudgeAfter`, claimed until `leaseUntil`, given up at `giveUpAt`. The partial index covers
 * open work only, and only columns that neither a claim nor a repeated message changes, so each of those writes one
 * row.
 */
export const recordings = sqliteTable(
  "recordings",
  {
    callId: text("call_id").notNull(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    externalId: text("external_id").notNull(),
    /** Null while the provider has announced a recording without its address. */
    url: text(),
    state: text({ enum: ["pending", "completed", "failed"] }).notNull(),
    reason: text(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    giveUpAt: integer("give_up_at").notNull(),
    /** Its server is not known to be fast: only its source's lane fetches it (pipeline/slow-lane.ts). */
    slow: integer({ mode: "boolean" }).notNull().default(false),
    key: text(),
    size: integer(),
    sha256: text(),
    mediaType: text("media_type"),
    createdAt: integer("created_at").notNull(),
    completedAt: integer("completed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.id] }),
    index("recordings_pending")
      .on(table.callId)
      .where(sql`state = 'pending'`),
    // Costs a recording nothing unless it was given up.
    index("recordings_failed")
      .on(table.organizationId, table.completedAt)
      .where(sql`state = 'failed'`),
    index("recordings_slow")
      .on(table.sourceId)
      .where(sql`state = 'pending' AND slow = 1`),
  ],
);

/**
 * One run over a recording by all engines that were asked, and the work of it. Columns as in `recordings`; `engine`,
 * `engineVersion`, `findings` and `findingsKey` are the built-in engine's. `again` is an analysis that has ended once
 * and has an engine at work again, or still (docs/understand/adr/0061-one-analysis-many-engines.md).
 */
export const analyses = sqliteTable(
  "analyses",
  {
    callId: text("call_id").notNull(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    recordingId: text("recording_id").notNull(),
    engine: text().notNull(),
    engineVersion: text("engine_version").notNull(),
    state: text({ enum: ["pending", "completed", "failed"] }).notNull(),
    reason: text(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    giveUpAt: integer("give_up_at").notNull(),
    /** The runs of the other engines (analysis/engine-run.ts); null where none was asked. */
    engines: text({ mode: "json" }).$type<unknown>(),
    /** Whole, or without the parts that are in the object of `findingsKey`. */
    findings: text({ mode: "json" }).$type<unknown>(),
    findingsKey: text("findings_key"),
    /** The named numbers that engines gave, without their explanations where these are long (analysis/scores/). */
    scores: text({ mode: "json" }).$type<unknown>(),
    /** How likely the call needs a person's eye, who said so and why (analysis/scores/). */
    risk: text({ mode: "json" }).$type<unknown>(),
    createdAt: integer("created_at").notNull(),
    /** When it ended first. A pending one that has it is at work again (analysis/work.ts). */
    completedAt: integer("completed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.id] }),
    index("analyses_pending")
      .on(table.callId)
      .where(sql`state = 'pending'`),
  ],
);

/**
 * How many calls of a campaign and an operator have a tag: written by triggers of `calls` (db/tag-triggers.ts). Empty
 * texts stand for no campaign and no operator, since a primary key has no nulls.
 */
export const tagCounts = sqliteTable(
  "tag_counts",
  {
    organizationId: text("organization_id").notNull(),
    tag: text().notNull(),
    campaignId: text("campaign_id").notNull(),
    operatorId: text("operator_id").notNull(),
    calls: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.tag, table.campaignId, table.operatorId] })],
);

/** The work of a person on a call: at most one task per call, so its id is derived from the call's. */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text().primaryKey(),
    callId: text("call_id").notNull(),
    organizationId: text("organization_id").notNull(),
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    recordingId: text("recording_id").notNull(),
    /** `closed`: nobody is to review it; it can be opened again. */
    state: text({ enum: ["open", "completed", "closed"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** The team it was assigned to. It may have been deleted since: then nobody has the task. */
    teamId: text("team_id"),
    /** The name of the team it was to be assigned to. */
    teamName: text("team_name"),
    /** Who alone is given it: the id of a person or a key. Null: whoever takes the next one. */
    assigneeId: text("assignee_id"),
    /** Its place in the queue, the lowest first: when it came into its campaign. 0 where it was made before there was one. */
    place: integer().notNull().default(0),
    /** Who works at it has it until then (quality/reviews/take.ts). */
    leaseUntil: integer("lease_until").notNull().default(0),
    /** The review that has it, or had it last. */
    reviewId: text("review_id"),
    dueAt: integer("due_at"),
    /** Reviews by different people that it needs. */
    wanted: integer().notNull().default(1),
    /** When it was handed up: nobody is given it from the queue. */
    escalatedAt: integer("escalated_at"),
    /** Why, and when, it was closed without a review. */
    closedReason: text("closed_reason"),
    closedNote: text("closed_note"),
    closedAt: integer("closed_at"),
    /** Who closed it or opened it again last. Dependent writes of the same batch check it. */
    writer: text(),
    /** When the rules of its campaign are to choose who reviews it; null where they have, or there are none. */
    assignAt: integer("assign_at"),
    /** While it is open its reviewers do not see what the others of them found. */
    blind: integer({ mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    // The queue of reviewers. Costs a row for each call that has a task, and another when its review is done; taking one
    // and holding it cost none, since no column of it changes by that.
    index("tasks_open")
      .on(table.organizationId, table.assigneeId, table.campaignId, table.teamId, table.place, table.id)
      .where(sql`state = 'open'`),
    // Costs a row only where a campaign assigns to a team. How much work a team has is asked before it is deleted.
    index("tasks_open_by_team")
      .on(table.teamId)
      .where(sql`state = 'open' AND team_id IS NOT NULL`),
    // These three cost a row only where a campaign has rules for its reviewers, a task is given to somebody, or handed up.
    index("tasks_to_assign")
      .on(table.assignAt)
      .where(sql`state = 'open' AND assign_at IS NOT NULL`),
    index("tasks_given")
      .on(table.organizationId, table.createdAt)
      .where(sql`state = 'open' AND assignee_id IS NOT NULL`),
    // Costs a row only where somebody has a call that was moved.
    index("tasks_given_moved")
      .on(table.organizationId, table.place)
      .where(sql`state = 'open' AND assignee_id IS NOT NULL AND place > created_at`),
    // Costs a row only where a task has a time by which it is to be done.
    index("tasks_due")
      .on(table.organizationId, table.dueAt)
      .where(sql`state = 'open' AND due_at IS NOT NULL`),
    index("tasks_escalated")
      .on(table.organizationId, table.escalatedAt)
      .where(sql`state = 'open' AND escalated_at IS NOT NULL`),
  ],
);
