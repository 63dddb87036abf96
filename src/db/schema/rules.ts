import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// Both are WITHOUT ROWID. A call costs a row here only where rules fire on it.

/** What an organization looks for in calls: conditions that all have to hold, and what that weighs. */
export const rules = sqliteTable(
  "rules",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    name: text().notNull(),
    /** The campaign whose calls it is for; null for all. */
    campaignId: text("campaign_id"),
    enabled: integer({ mode: "boolean" }).notNull().default(true),
    /** Points of risk, 0 to 100. With 0 it is only noted whether it holds. */
    weight: integer().notNull(),
    /** The script that it is a step of. */
    script: text(),
    conditions: text({ mode: "json" }).$type<unknown>().notNull(),
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** A call that rules or its platform warn of, as work of a person: at most one for each call, so its id is derived. */
export const alerts = sqliteTable(
  "alerts",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    callId: text("call_id").notNull(),
    level: text({ enum: ["high", "critical"] }).notNull(),
    score: integer(),
    state: text({ enum: ["open", "confirmed", "false_alarm"] }).notNull(),
    /** The member or key that sees to it. */
    ownerId: text("owner_id"),
    /** Why it is a false alarm. */
    reason: text(),
    note: text(),
    /** The rules that fired with their points and what they rest on, and what a platform said. */
    fired: text({ mode: "json" }).$type<unknown>().notNull(),
    raisedAt: integer("raised_at").notNull(),
    decidedBy: text("decided_by"),
    decidedAt: integer("decided_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("alerts_by_time").on(table.organizationId, table.raisedAt, table.id),
    index("alerts_open")
      .on(table.organizationId, table.raisedAt, table.id)
      .where(sql`state = 'open'`),
  ],
);
