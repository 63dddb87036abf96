import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A source's settings as its owner wrote them, checked by its platform's schema when written. */
export type SourceSettings = Record<string, unknown>;

/**
 * A platform that sends to Trunkline. `secrets` is sealed and proves the sender: the current secret first, then the one
 * it replaced. `credentials` is sealed too; with them Trunkline asks the platform for recordings and for missing calls.
 */
export const sources = sqliteTable(
  "sources",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    kind: text().notNull(),
    name: text().notNull(),
    /** The campaign of its calls. Null where every notice names its own (Anura). */
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
 * How to read a body: a platform's own notice, an upload's description, or an entry of the platform's list of calls,
 * for a call that reconciliation found missing.
 */
export type InboundForm = "notice" | "upload" | "listed" | "sample";

/**
 * Every inbound request, as it arrived. Without a rowid, so that each costs one written row. `organizationId` is "" for
 * unowned requests, which only the admin sees.
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
    /** Redacted: headers that could authenticate are left out. */
    headers: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    body: blob({ mode: "buffer" }),
    /** The R2 key of a body that is too large for the row. */
    bodyKey: text("body_key"),
    bodySize: integer("body_size").notNull(),
    outcome: text().$type<InboundOutcome>().notNull(),
    reason: text(),
    /** The HTTP status of the answer. */
    status: integer().notNull(),
    callId: text("call_id"),
    replays: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    // What needs a person is found by index. Accepted requests cost no index row.
    index("inbound_exceptions")
      .on(table.organizationId, table.outcome, table.id)
      .where(sql`outcome <> 'accepted'`),
  ],
);

/**
 * How many requests came, by hour and outcome: exact where the log is sampled. `sourceId` is "" for requests that name
 * no source, `organizationId` for unowned ones.
 */
export const sourceCounts = sqliteTable(
  "source_counts",
  {
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    /** The start of the hour, in milliseconds. */
    hour: integer().notNull(),
    outcome: text().$type<InboundOutcome>().notNull(),
    /** "" when there is none. */
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
 * One comparison of a platform's list of calls with Trunkline's, and the work of making it: `state = 'open'` is due at
 * `dueAt` and continues at `cursor`. Counts are of the calls listed so far.
 */
export const reconciliations = sqliteTable(
  "reconciliations",
  {
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    id: text().notNull(),
    /** Whether a person chose the span. The others follow one another without a gap. */
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

/** A call with incomplete notices, to ask its platform about. The row is the work and is deleted when it is done. */
export const callLookups = sqliteTable(
  "call_lookups",
  {
    callId: text("call_id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    sourceId: text("source_id").notNull(),
    externalId: text("external_id").notNull(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    giveUpAt: integer("give_up_at").notNull(),
  },
  (table) => [index("call_lookups_by_source").on(table.sourceId)],
);

/** A recording that is being uploaded by a person or through the API. Its bytes are in R2 at `key`. */
export const uploads = sqliteTable(
  "uploads",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    sourceId: text("source_id").notNull(),
    sourceKind: text("source_kind").notNull(),
    fileName: text("file_name"),
    mediaType: text("media_type"),
    /** The size of the whole file in bytes. Null while the sender has not given it. */
    size: integer(),
    /** Bytes stored: where an interrupted upload continues. */
    received: integer().notNull(),
    key: text().notNull(),
    /** R2's id of a multipart upload and its parts. Null for a file that came in one request. */
    r2UploadId: text("r2_upload_id"),
    parts: text({ mode: "json" }).$type<{ partNumber: number; etag: string }[]>().notNull(),
    /** The highest part number given to any writer, so that two writers at one offset never share one. */
    partNumbers: integer("part_numbers").notNull().default(0),
    /** The key of the bytes after the whole parts. Each writer uses a name of its own. */
    tail: text(),
    /**
     * `partial`: a piece of a file that comes in several uploads. Of the whole: the header that named its pieces.
     * `parts`: a file that comes by part links.
     */
    concat: text(),
    /** The sender's description of the call, under the API's field names. */
    call: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    state: text({ enum: ["open", "completed", "aborted"] }).notNull(),
    /** Set when the upload is completed: its call. */
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

/** The parts of an open upload that comes by part links. A part is here when it has a tag. */
export const uploadParts = sqliteTable(
  "upload_parts",
  {
    organizationId: text("organization_id").notNull(),
    uploadId: text("upload_id").notNull(),
    /** Its place in the file, from 1. */
    number: integer().notNull(),
    size: integer().notNull(),
    /** How often it was begun: every writer gets a part number of R2's that no other has. */
    attempts: integer().notNull(),
    /** R2's number and tag of the part that counts. */
    r2Part: integer("r2_part").notNull().default(0),
    etag: text(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.uploadId, table.number] })],
);

/**
 * Ingest messages that are not processed yet, where the queue itself does not survive a crash
 * (docs/understand/architecture.md).
 */
export const inbox = sqliteTable("inbox", {
  id: text().primaryKey(),
  message: text().notNull(),
  sentAt: integer("sent_at").notNull(),
});
