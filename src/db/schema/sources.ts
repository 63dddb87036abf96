import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export type SourceSettings = {
  /** IANA zone of the provider's clock times that carry none. */
  timeZone?: string;
};

/** A platform that pushes to us. `secrets` is sealed: the current one first, then the one it replaced. */
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
    state: text({ enum: ["active", "paused"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("sources_by_organization").on(table.organizationId, table.id)],
);

export type InboundOutcome = "accepted" | "ignored" | "refused" | "quarantined" | "dead";

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
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** Ingest messages not yet worked on, where the queue itself does not survive a crash (docs/architecture.md). */
export const inbox = sqliteTable("inbox", {
  id: text().primaryKey(),
  message: text().notNull(),
  sentAt: integer("sent_at").notNull(),
});
