import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The truth about an endpoint; `version` rises with each write and tells its objects which copy is newer. */
export const endpoints = sqliteTable(
  "endpoints",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    url: text().notNull(),
    description: text(),
    profile: text({ enum: ["standard"] }).notNull(),
    /** Event types, `prefix.*` or `*`. */
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    active: integer({ mode: "boolean" }).notNull(),
    /** Sealed signing secrets, the current one first. */
    secrets: text().notNull(),
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("endpoints_by_organization").on(table.organizationId, table.id)],
);

/** Events an endpoint's object would not take after three tries: everything of `stream` from `fromSeq` on waits here. */
export const undelivered = sqliteTable(
  "undelivered",
  {
    endpointId: text("endpoint_id").notNull(),
    stream: text().notNull(),
    organizationId: text("organization_id").notNull(),
    fromSeq: integer("from_seq").notNull(),
    attempts: integer().notNull(),
    dueAt: integer("due_at").notNull(),
    reason: text(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.stream] })],
);
