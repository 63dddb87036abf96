import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The authenticator app of a user. A table WITHOUT ROWID, like the others here. */
export const userTotp = sqliteTable("user_totp", {
  userId: text("user_id").primaryKey(),
  /** Sealed; its context is `user_totp` and the user. */
  secret: text().notNull(),
  /** The step of the last code that was accepted: this one and those before are spent. */
  totpStep: integer("totp_step").notNull(),
  createdAt: integer("created_at").notNull(),
  /** When a first code proved that the app has the key; before, nothing is asked of it. */
  confirmedAt: integer("confirmed_at"),
});

export const passkeys = sqliteTable(
  "passkeys",
  {
    id: text().primaryKey(),
    userId: text("user_id").notNull(),
    /** The authenticator's own id of it, in base64url. */
    credentialId: text("credential_id").notNull().unique(),
    /** The host it was made for. Where the deployment has another one now, it opens nothing. */
    rpId: text("rp_id").notNull(),
    /** In COSE form, base64url. */
    publicKey: text("public_key").notNull(),
    counter: integer().notNull(),
    transports: text({ mode: "json" }).$type<string[]>().notNull(),
    /** Whether it is kept by a provider and so on several devices. */
    synced: integer({ mode: "boolean" }).notNull(),
    name: text().notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [index("passkeys_by_user").on(table.userId, table.id)],
);

/** A code is deleted when it is used. */
export const recoveryCodes = sqliteTable(
  "recovery_codes",
  {
    userId: text("user_id").notNull(),
    hash: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
);

/** What a passkey is asked to sign. Deleted when it is answered, whatever the answer. */
export const challenges = sqliteTable(
  "challenges",
  {
    challenge: text().primaryKey(),
    purpose: text({ enum: ["register", "sign_in", "second_step", "confirm"] }).notNull(),
    /** Empty for sign-in, where the passkey says who it is. */
    userId: text("user_id").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("challenges_by_end").on(table.expiresAt)],
);

/** Sign-ins whose password was right and whose second factor is asked for. */
export const secondSteps = sqliteTable(
  "second_steps",
  {
    hash: text().primaryKey(),
    userId: text("user_id").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("second_steps_by_end").on(table.expiresAt)],
);

/** Codes that were tried for a user, right ones included until they are found right. */
export const codeAttempts = sqliteTable("code_attempts", {
  userId: text("user_id").primaryKey(),
  /** When the first of them was. */
  since: integer().notNull(),
  count: integer().notNull(),
});

/** Links by which a forgotten password is replaced, by the hash of their token. */
export const passwordResets = sqliteTable(
  "password_resets",
  {
    hash: text().primaryKey(),
    userId: text("user_id").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    index("password_resets_by_user").on(table.userId, table.createdAt),
    index("password_resets_by_end").on(table.expiresAt),
  ],
);
