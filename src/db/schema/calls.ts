import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What was said in a call, as the platform itself wrote it down. Bounded when it is folded in (calls/conversation.ts). */
export type Conversation = {
  agentId: string | null;
  summary: string | null;
  transcript: string | null;
  /** `at` in milliseconds, UTC. */
  timeline: {
    at: number;
    kind: "message" | "action_start" | "action_end";
    speaker: "bot" | "human" | null;
    text: string;
  }[];
  actionResults: unknown[];
};

/** One conversation. `id` is derived from (organization, source, external id), so duplicates meet in one row. */
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
    /** Why no task may be made yet, e.g. `unknown_campaign`; null in the normal case. */
    quarantine: text(),
    state: text({ enum: ["in_progress", "completed", "failed"] }).notNull(),
    direction: text({ enum: ["inbound", "outbound", "internal"] }),
    fromRaw: text("from_raw"),
    fromE164: text("from_e164"),
    toRaw: text("to_raw"),
    toE164: text("to_e164"),
    /** The provider's own word for how the call ended. */
    providerStatus: text("provider_status"),
    error: text(),
    /** When the call began; the time of the first notice while that is all we know. Milliseconds, UTC. */
    startedAt: integer("started_at").notNull(),
    /** The provider's text that `startedAt` was read from. */
    startedAtRaw: text("started_at_raw"),
    answeredAt: integer("answered_at"),
    endedAt: integer("ended_at"),
    durationSeconds: real("duration_seconds"),
    talkSeconds: real("talk_seconds"),
    operatorName: text("operator_name"),
    /** What the platform calls the operator besides a name, e.g. `net2phone:user:42`. */
    operatorReference: text("operator_reference"),
    /** The platform's account, site or line the call came through: a source may map these to campaigns. */
    account: text(),
    /** The campaign number the platform named, kept while no campaign has it. */
    campaignNumber: integer("campaign_number"),
    custom: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    /** Null on platforms that only connect calls. Large: lists leave it out. */
    conversation: text({ mode: "json" }).$type<Conversation>(),
    /** Which rank of notice each value came from, so that the order of notices does not matter (calls/fold.ts). */
    ranks: text({ mode: "json" }).$type<Record<string, number>>().notNull(),
    /** The terminal event already told: the slot that `call.completed` and `call.failed` share. */
    terminal: text({ enum: ["completed", "failed"] }),
    /** When the finalizer closes a call whose end never came. */
    finalizeAt: integer("finalize_at").notNull(),
    version: integer().notNull(),
    /** Who wrote this version: dependent inserts of the same batch check it. */
    writer: text().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    index("calls_by_time").on(table.organizationId, table.startedAt, table.id),
    // What supervisors look for, newest first. Each costs a call one row; of the other filters a list looks at call after call.
    index("calls_by_campaign")
      .on(table.organizationId, table.campaignId, table.startedAt, table.id)
      .where(sql`campaign_id IS NOT NULL`),
    index("calls_by_operator")
      .on(table.organizationId, table.operatorId, table.startedAt, table.id)
      .where(sql`operator_id IS NOT NULL`),
    index("calls_in_progress")
      .on(table.finalizeAt)
      .where(sql`state = 'in_progress'`),
    // Costs a call nothing unless it waits for a decision.
    index("calls_in_quarantine")
      .on(table.organizationId, table.startedAt, table.id)
      .where(sql`quarantine IS NOT NULL`),
  ],
);

/**
 * An audio object that belongs to a call, and the work of getting it (db/work.ts). `state = 'pending'` is open work: due
 * at `dueAt`, nudged again `nudgeAfter` later, worked on until `leaseUntil`, given up at `giveUpAt`. The partial index holds
 * open work only and on columns that neither a claim nor a nudge changes, so each writes one row.
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
    /** Null while the provider has said that a recording exists but not where. */
    url: text(),
    state: text({ enum: ["pending", "completed", "failed"] }).notNull(),
    reason: text(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    giveUpAt: integer("give_up_at").notNull(),
    /** Its server keeps whoever asks waiting: only the lane of its source asks (pipeline/slow-lane.ts). */
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
  ],
);

/** What an engine found in a recording, and the work of finding it: columns as in `recordings`. */
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
    findings: text({ mode: "json" }).$type<unknown>(),
    createdAt: integer("created_at").notNull(),
    completedAt: integer("completed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.id] }),
    index("analyses_pending")
      .on(table.callId)
      .where(sql`state = 'pending'`),
  ],
);

/** The work a person does on a call: at most one per call, so its id is derived from the call's. */
export const tasks = sqliteTable("tasks", {
  id: text().primaryKey(),
  callId: text("call_id").notNull(),
  organizationId: text("organization_id").notNull(),
  campaignId: text("campaign_id"),
  operatorId: text("operator_id"),
  recordingId: text("recording_id").notNull(),
  state: text({ enum: ["open", "completed"] }).notNull(),
  createdAt: integer("created_at").notNull(),
});
