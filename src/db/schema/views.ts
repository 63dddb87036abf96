import { integer, primaryKey, sqliteTable, text, index } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";

/** Lists whose filters can be saved. */
export const VIEW_LISTS = ["calls"] as const;

/** The filters of a list under a name: of one person, or shared with the whole organization. */
export const savedViews = sqliteTable(
  "saved_views",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    /** Who made it. */
    userId: text("user_id").notNull(),
    list: text({ enum: VIEW_LISTS }).notNull(),
    name: text().notNull(),
    /** The filters as the list's own address has them after the question mark. */
    query: text().notNull(),
    shared: integer({ mode: "boolean" }).notNull(),
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("saved_views_of_person").on(table.organizationId, table.userId),
    index("saved_views_shared")
      .on(table.organizationId)
      .where(sql`shared = 1`),
  ],
);

/** The view that a person sees where a list is opened without filters. */
export const defaultViews = sqliteTable(
  "default_views",
  {
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    list: text({ enum: VIEW_LISTS }).notNull(),
    viewId: text("view_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.userId, table.list] })],
);
