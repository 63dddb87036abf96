import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The tenant. */
export const organizations = sqliteTable("organizations", {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: integer("created_at").notNull(),
});

/** When each version of the master key was first seen as the newest: what an older one signed was signed before that. */
export const masterKeyVersions = sqliteTable("master_key_versions", {
  version: integer().primaryKey(),
  seenAt: integer("seen_at").notNull(),
});

/** A key is stored as its SHA-256. The key itself is shown once, when it is created. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    /** The first characters of the key, so that a person can recognise it. */
    prefix: text().notNull(),
    hash: text().notNull().unique(),
    /** Set when the key may only send calls into one campaign. */
    campaignId: text("campaign_id"),
    createdAt: integer("created_at").notNull(),
    revokedAt: integer("revoked_at"),
    /** The permissions of the key. Null: all of them. */
    scopes: text({ mode: "json" }).$type<string[]>(),
    /** The role that the scopes were taken from. */
    role: text(),
    /** Set when the key may only send notices to one source. */
    sourceId: text("source_id"),
    /** When the key stops working, in milliseconds. */
    expiresAt: integer("expires_at"),
    /** Written at most once an hour. */
    lastUsedAt: integer("last_used_at"),
    /** The actor who made it; null for keys from before this was stored. */
    createdBy: text("created_by"),
    /** The key that replaces this one. */
    rotatedTo: text("rotated_to"),
  },
  (table) => [index("api_keys_by_organization").on(table.organizationId, table.id)],
);
