import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A source's settings as its owner wrote them, checked by its platform's schema (sources/settings.ts) when written. */
export type SourceSettings = Record<string, unknown>;

/**
 * A platform that pushes to us. `secrets` is sealed, and proves who sends: the current one first, then the one it
 * replaced. `credentials` is sealed too, and lets us ask the platform: for recordings, and for calls we never heard of.
 */
export const sources = sqliteTable(
  "sources",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    kind: text().notNull(),
    name: text().notNull(),
    /** The campaign its calls belong to; null where every notice names its own (Anura). */
    campaignId: text("campaign_id"),
    settings: text({ mode: "json" }).$type<SourceSettings>().notNull(),
    secrets: text(),
    credentials: text(),
    state: text({ enum: ["active", "paused"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("sources_by_organization").on(table.organizationId, table.id)],
);

export type InboundOutcome = "accepted" | "ignored" | "refused" | "quarantined" | "dead";

/**
 * How a body is to be read: a platform's own notice, what came with an upload, or an entry of the platform's list of
 * calls that reconciliation found us without.
 */
export type InboundForm = "notice" | "upload" | "listed";

/**
 * Every inbound request, as it came. Without a rowid: one row written each. `organizationId` is "" for requests that
 * belong to nobody; only the operator of the deployment sees those.
 */
export const inbound = sqliteTable(
  "inbound",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    sourceId: text("source_id"),
    sourceKind: text("source_kind").notNull(),
    receivedAt: integer("received_at").notNull(),
    path: text().notNull(),
    form: text().$type<InboundForm>().notNull().default("notice"),
    /** Redacted: what could authenticate is left out. */
    headers: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    body: blob({ mode: "buffer" }),
    /** Where a body too large for the row lies in R2. */
    bodyKey: text("body_key"),
    bodySize: integer("body_size").notNull(),
    outcome: text().$type<InboundOutcome>().notNull(),
    reason: text(),
    /** The HTTP status the sender was answered with. */
    status: integer().notNull(),
    callId: text("call_id"),
    replays: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    // What needs a person is found fast, and what went well costs no index row.
    index("inbound_exceptions")
      .on(table.organizationId, table.outcome, table.id)
      .where(sql`outcome <> 'accepted'`),
  ],
);

/**
 * How many requests came, by hour and by what became of them: exact where the log is sampled. `sourceId` is "" for
 * requests that name no source, `organizationId` for those of nobody.
 */
export const sourceCounts = sqliteTable(
  "source_counts",
  {
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    /** Start of the hour, in milliseconds. */
    hour: integer().notNull(),
    outcome: text().$type<InboundOutcome>().notNull(),
    /** "" where there is none to give. */
    reason: text().notNull(),
    requests: integer().notNull(),
    /** When the last of them came, in milliseconds. */
    lastAt: integer("last_at").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.organizationId, table.sourceId, table.sourceKind, table.hour, table.outcome, table.reason],
    }),
  ],
);

/**
 * One comparison of a platform's own list of calls with ours, and the work of making it: `state = 'open'` is due at
 * `dueAt` and goes on at `cursor`. Counts are of the calls listed so far.
 */
export const reconciliations = sqliteTable(
  "reconciliations",
  {
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    id: text().notNull(),
    /** Whether a person chose the span; the others follow one another without a gap. */
    asked: integer({ mode: "boolean" }).notNull(),
    /** The span of call starts that is compared, in milliseconds: from is included, until is not. */
    fromAt: integer("from_at").notNull(),
    untilAt: integer("until_at").notNull(),
    state: text({ enum: ["open", "completed", "failed"] }).notNull(),
    reason: text(),
    cursor: text(),
    listed: integer().notNull(),
    missing: integer().notNull(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.sourceId, table.id] }),
    index("reconciliations_open")
      .on(table.dueAt)
      .where(sql`state = 'open'`),
  ],
);

/** A call whose notices say too little, to be asked of its platform. The row is the work, and goes when it is done. */
export const callLookups = sqliteTable("call_lookups", {
  callId: text("call_id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  sourceId: text("source_id").notNull(),
  externalId: text("external_id").notNull(),
  dueAt: integer("due_at").notNull(),
  attempts: integer().notNull(),
  leaseUntil: integer("lease_until").notNull(),
  claims: integer().notNull().default(0),
  giveUpAt: integer("give_up_at").notNull(),
});

/** A recording on its way in by hand or through the API. What is kept of it lies at `key` in R2. */
export const uploads = sqliteTable(
  "uploads",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    fileName: text("file_name"),
    mediaType: text("media_type"),
    /** Bytes of the whole file; null while its sender has not said. */
    size: integer(),
    /** Bytes that are kept: where a broken upload goes on. */
    received: integer().notNull(),
    key: text().notNull(),
    /** R2's own id of a multipart upload, and the parts it has; null for a file that came in one go. */
    r2UploadId: text("r2_upload_id"),
    parts: text({ mode: "json" }).$type<{ partNumber: number; etag: string }[]>().notNull(),
    /** The highest part number any writer was given: two writers at one place never share one. */
    partNumbers: integer("part_numbers").notNull().default(0),
    /** Where the bytes beyond the whole parts lie; each writer makes a name of its own. */
    tail: text(),
    /** What its sender says of the call, as the API names it. */
    call: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    state: text({ enum: ["open", "completed", "aborted"] }).notNull(),
    /** Set when it is completed: the call it became. */
    callId: text("call_id"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("uploads_open")
      .on(table.expiresAt)
      .where(sql`state = 'open'`),
  ],
);

/** Ingest messages not yet worked on, where the queue itself does not survive a crash (docs/understand/architecture.md). */
export const inbox = sqliteTable("inbox", {
  id: text().primaryKey(),
  message: text().notNull(),
  sentAt: integer("sent_at").notNull(),
});
