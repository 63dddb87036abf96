import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Who changed what, and who was shown what. Triggers write it beside each change (audit-triggers.ts); others refuse to
 * change or delete an entry. `id` begins with its time, so the primary key is the order of time.
 */
export const auditLog = sqliteTable(
  "audit_log",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    /** Milliseconds. */
    at: integer().notNull(),
    /** A user's or key's id, `admin`, `system`, or `unknown` of a sign-in that was refused. */
    actor: text().notNull(),
    /** What was acted on and what was done: `campaign.updated`. */
    action: text().notNull(),
    resourceType: text("resource_type").notNull(),
    resourceId: text("resource_id").notNull(),
    /** JSON objects by column name: what changed, or the whole row where one was made or deleted. */
    before: text(),
    after: text(),
    /** The address the request came from, and its `X-Request-Id`. Null where there was no request. */
    address: text(),
    requestId: text("request_id"),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** The act of the batch that is running: one row, set first and deleted last in the same batch (audited.ts). */
export const auditAct = sqliteTable("audit_act", {
  /** Always 1. */
  id: integer().primaryKey(),
  actor: text().notNull(),
  address: text(),
  requestId: text("request_id"),
  at: integer().notNull(),
});
