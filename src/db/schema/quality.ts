import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The versions of scorecards. A draft is changed until it is published; a version that was published stays as it is. Of
 * one scorecard at most one version is a draft and at most one is published: the newest of their kind.
 */
export const scorecards = sqliteTable(
  "scorecards",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    version: integer().notNull(),
    name: text().notNull(),
    state: text({ enum: ["draft", "published", "archived"] }).notNull(),
    /** The campaigns whose calls it is for; null for all. */
    campaigns: text({ mode: "json" }).$type<string[]>(),
    definition: text({ mode: "json" }).$type<unknown>().notNull(),
    createdAt: integer("created_at").notNull(),
    publishedAt: integer("published_at"),
    archivedAt: integer("archived_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id, table.version] }),
    index("scorecards_by_state").on(table.organizationId, table.state),
  ],
);
