import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export type CampaignSettings = {
  /** Whether a recording is analysed as soon as it is kept. */
  autoAnalyze: boolean;
};

/** `number` counts from 1 in each organization: it is what people type into a phone system. */
export const campaigns = sqliteTable(
  "campaigns",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    number: integer().notNull(),
    name: text().notNull(),
    settings: text({ mode: "json" }).$type<CampaignSettings>().notNull(),
    createdAt: integer("created_at").notNull(),
    archivedAt: integer("archived_at"),
  },
  (table) => [uniqueIndex("campaigns_by_number").on(table.organizationId, table.number)],
);

/** The human agents, matched by folded name. `needsReview` marks names that look like an extension. */
export const operators = sqliteTable(
  "operators",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    foldedName: text("folded_name").notNull(),
    needsReview: integer("needs_review", { mode: "boolean" }).notNull(),
    /** The operator this one turned out to be: calls under either name are theirs. */
    mergedInto: text("merged_into"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("operators_by_folded_name").on(table.organizationId, table.foldedName),
    index("operators_by_organization").on(table.organizationId, table.id),
  ],
);

/** What other systems call an operator (`net2phone:user:42`, a payroll number): stronger than a name. */
export const operatorReferences = sqliteTable(
  "operator_references",
  {
    organizationId: text("organization_id").notNull(),
    reference: text().notNull(),
    operatorId: text("operator_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.reference] })],
);

/** The work of placing calls anew, after a merge or its undoing or after a reference got or lost its meaning. */
export const operatorMoves = sqliteTable(
  "operator_moves",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    /** Whose calls are looked at (`reference`: those that carry this one), and whose they may become. */
    fromId: text("from_id").notNull(),
    intoId: text("into_id").notNull(),
    kind: text({ enum: ["merge", "undo", "reference"] }).notNull(),
    state: text({ enum: ["open", "completed"] }).notNull(),
    /** The call last looked at: when it began, a colon, its id. */
    cursor: text(),
    moved: integer().notNull(),
    dueAt: integer("due_at").notNull().default(0),
    attempts: integer().notNull().default(0),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    completedAt: integer("completed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("operator_moves_open")
      .on(table.createdAt)
      .where(sql`state = 'open'`),
  ],
);
