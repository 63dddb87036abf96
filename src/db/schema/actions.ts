import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What is done with the calls of a campaign when their findings have ended, in order (actions/action.ts). A campaign
 * without has no row: how many are on is in its settings, which every call reads anyway.
 */
export const campaignActions = sqliteTable("campaign_actions", {
  campaignId: text("campaign_id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  actions: text({ mode: "json" }).$type<unknown>().notNull(),
  /** The sealed secrets that their requests are signed with, by action; null where none has one. */
  secrets: text(),
  version: integer().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/**
 * The actions of one call, and the work of them (db/work.ts): a row where its campaign had any when its findings ended.
 * `waiting`: the call was reported before its findings ended, so the actions are still owed. A pending one with
 * `completedAt` has ended once and was asked for again.
 */
export const callActions = sqliteTable(
  "call_actions",
  {
    callId: text("call_id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    state: text({ enum: ["waiting", "pending", "completed"] }).notNull(),
    /** What each was set to then, and what came of it (actions/step.ts); null until they begin. */
    steps: text({ mode: "json" }).$type<unknown>(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    giveUpAt: integer("give_up_at").notNull(),
    createdAt: integer("created_at").notNull(),
    completedAt: integer("completed_at"),
  },
  (table) => [
    index("call_actions_pending")
      .on(table.organizationId)
      .where(sql`state = 'pending'`),
  ],
);
