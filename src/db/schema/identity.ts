import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { PiiKind } from "./campaigns";

/** What an organization is allowed: src/identity/plans.ts. */
export const PLANS = ["standard", "enterprise"] as const;

/** What roles are called: src/identity/naming.ts. */
export const NAMINGS = ["ordinary", "voicesense"] as const;

/** The tenant. */
export const organizations = sqliteTable("organizations", {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: integer("created_at").notNull(),
  /** Whether its members have to have a second factor. */
  requireSecondFactor: integer("require_second_factor", { mode: "boolean" }).notNull().default(false),
  plan: text({ enum: PLANS }).notNull().default("standard"),
  naming: text({ enum: NAMINGS }).notNull().default("ordinary"),
  /** The estimated cost of a month, in dollars, from which on people are notified. Null: never. */
  usageAlertDollars: integer("usage_alert_dollars"),
  /** What is taken out of the calls of campaigns that say nothing themselves. Null: nothing. Campaigns have a copy. */
  redact: text({ mode: "json" }).$type<PiiKind[]>(),
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
    /** The web sites whose pages may use the key in a browser. Null: none. */
    allowedOrigins: text("allowed_origins", { mode: "json" }).$type<string[]>(),
  },
  (table) => [
    index("api_keys_by_organization").on(table.organizationId, table.id),
    // Few keys have any, and a preflight does not name its key.
    index("api_keys_with_origins")
      .on(table.id)
      .where(sql`allowed_origins IS NOT NULL`),
  ],
);

/** Where else an organization's tokens come from: an issuer's tokens for one audience. */
export const tokenIssuers = sqliteTable(
  "token_issuers",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    issuer: text().notNull(),
    audience: text().notNull(),
    keysUrl: text("keys_url").notNull(),
    algorithms: text({ mode: "json" }).$type<string[]>().notNull(),
    rules: text({ mode: "json" }).$type<TokenRule[]>().notNull(),
    /** Grows with each change, so that none is based on what somebody else changed meanwhile. */
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    // The two name one organization of the deployment.
    uniqueIndex("token_issuers_by_name").on(table.issuer, table.audience),
    index("token_issuers_by_organization").on(table.organizationId, table.id),
  ],
);

/** The keys that an issuer published last, so that no isolate has to ask it anew. Not part of what people change. */
export const tokenIssuerKeys = sqliteTable("token_issuer_keys", {
  issuerId: text("issuer_id").primaryKey(),
  /** Where they are from. Once the issuer has another address, they count no more. */
  url: text().notNull(),
  /** When the issuer was asked last: at most once a minute. */
  askedAt: integer("asked_at").notNull(),
  /** A JSON Web Key Set, public keys only. */
  keys: text(),
  fetchedAt: integer("fetched_at"),
  /** Why the last question failed. */
  error: text(),
});

type TokenRule = {
  claim: string;
  value: string;
  scopes: string[] | null;
  role: string | null;
  /** Not in rules from before campaigns could limit them. */
  campaigns?: string[] | null;
};
