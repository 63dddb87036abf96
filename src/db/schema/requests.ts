import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * One `Idempotency-Key`: who runs its request, and what was answered (docs/understand/adr/0052-idempotency.md). It is
 * written in the batch of the change that it answers. WITHOUT ROWID.
 */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** The organization's id, or `admin`; a colon; the hash of actor, method, path and key. */
    id: text().primaryKey(),
    /** Null for the admin, who is of no organization. */
    organizationId: text("organization_id"),
    /** Who runs the request: each run has one of its own. */
    claim: text().notNull(),
    /** Until when the run is taken to be alive. */
    leaseUntil: integer("lease_until").notNull(),
    /** Whether something was changed: set in the batch of the first change. */
    acted: integer({ mode: "boolean" }).notNull().default(false),
    /** The hash of query and body. Null until the body of an upload was read. */
    fingerprint: text(),
    /** Sealed. Null until there is an answer, where it is in R2, and once it was erased. */
    answer: text(),
    answerKey: text("answer_key"),
    /** The calls that path and answer name, by the part that all ids of a call have. */
    calls: text({ mode: "json" }).$type<string[]>(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("idempotency_keys_by_end").on(table.expiresAt)],
);

/**
 * The requests of an organization's current hour (docs/understand/adr/0051-quota.md): one row for each organization.
 * WITHOUT ROWID.
 */
export const requestQuotas = sqliteTable("request_quotas", {
  organizationId: text("organization_id").primaryKey(),
  /** The hour that is counted, in hours since 1970. */
  hour: integer().notNull(),
  /** Requests that were given out to isolates in it. */
  leased: integer().notNull(),
  /** Those of them that isolates may still have unused. */
  outstanding: integer().notNull(),
  /** What the last lease gave. */
  granted: integer().notNull(),
});
