import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("operators_by_folded_name").on(table.organizationId, table.foldedName),
    index("operators_by_organization").on(table.organizationId, table.id),
  ],
);
