import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** A person who signs in. One user, many organizations. */
export const users = sqliteTable("users", {
  id: text().primaryKey(),
  /** In lower case: the name of the account. */
  email: text().notNull().unique(),
  name: text().notNull(),
  /** The language of pages and mail; null for the one that the browser asks for. */
  locale: text(),
  /** With its algorithm and parameters. Null where no password was chosen. */
  passwordHash: text("password_hash"),
  createdAt: integer("created_at").notNull(),
});

/** The one role of a user in an organization, and what it is limited to. */
export const memberships = sqliteTable(
  "memberships",
  {
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    role: text().notNull(),
    /** Ids of the campaigns it is limited to. Null: all. */
    campaigns: text({ mode: "json" }).$type<string[]>(),
    /** Ids of the teams it is limited to. Null: all. */
    teams: text({ mode: "json" }).$type<string[]>(),
    /** The operator that this user is on calls. Chosen by an admin, never taken from a name. */
    operatorId: text("operator_id"),
    createdAt: integer("created_at").notNull(),
    /** Set when the member is shut out. */
    disabledAt: integer("disabled_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    index("memberships_by_user").on(table.userId, table.organizationId),
  ],
);

/** A signed-in browser, by the SHA-256 of its cookie. */
export const sessions = sqliteTable(
  "sessions",
  {
    hash: text().primaryKey(),
    /** What it is called where it is listed and ended. It stays when the cookie changes. */
    id: text().notNull(),
    userId: text("user_id").notNull(),
    /** The organization that is open in it. */
    organizationId: text("organization_id").notNull(),
    /** How its person proved who they are. */
    strength: text({ enum: ["password", "password+totp", "password+recovery_code", "passkey"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** When the person last proved who they are. */
    confirmedAt: integer("confirmed_at").notNull(),
    /** Written at most every five minutes. */
    lastUsedAt: integer("last_used_at").notNull(),
    /** It ends then however much it is used. */
    expiresAt: integer("expires_at").notNull(),
    address: text(),
    userAgent: text("user_agent"),
  },
  (table) => [index("sessions_by_user").on(table.userId, table.id), index("sessions_by_end").on(table.expiresAt)],
);

/** A browser that somebody signed in with lately, by the name in its cookie. Without its row the cookie shows nothing. */
export const rememberedBrowsers = sqliteTable(
  "remembered_browsers",
  {
    id: text().primaryKey(),
    userId: text("user_id").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Its last sign-in. */
    lastUsedAt: integer("last_used_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Of its last sign-in. */
    address: text(),
    userAgent: text("user_agent"),
  },
  (table) => [
    index("remembered_browsers_by_user").on(table.userId, table.lastUsedAt),
    index("remembered_browsers_by_end").on(table.expiresAt),
  ],
);

/** An invitation into an organization, by the SHA-256 of the token in its link. Deleted when it is accepted. */
export const invitations = sqliteTable(
  "invitations",
  {
    hash: text().primaryKey(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    email: text().notNull(),
    role: text().notNull(),
    campaigns: text({ mode: "json" }).$type<string[]>(),
    teams: text({ mode: "json" }).$type<string[]>(),
    createdAt: integer("created_at").notNull(),
    /** The actor who made it. */
    createdBy: text("created_by").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** When mail with the link was last handed over; null where the link was shown instead. */
    mailedAt: integer("mailed_at"),
  },
  (table) => [
    uniqueIndex("invitations_by_address").on(table.organizationId, table.email),
    index("invitations_by_organization").on(table.organizationId, table.id),
  ],
);

/** Passwords that were tried, by account, address and remembered browser. */
export const signInAttempts = sqliteTable(
  "sign_in_attempts",
  {
    name: text().primaryKey(),
    /** When the first of them was. */
    since: integer().notNull(),
    count: integer().notNull(),
  },
  (table) => [index("sign_in_attempts_by_time").on(table.since)],
);
