import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// What was erased, and what must not be. All are WITHOUT ROWID.

/**
 * Calls that were erased, for good: no late notice brings one back (erased-trigger.ts). While `erasedAt` is null, the
 * erasure still has to do it.
 */
export const erasedCalls = sqliteTable(
  "erased_calls",
  {
    callId: text("call_id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    /** Of a retention clock it is `retention`. */
    erasureId: text("erasure_id").notNull(),
    erasedAt: integer("erased_at"),
  },
  (table) => [
    index("erased_calls_pending")
      .on(table.erasureId, table.callId)
      .where(sql`erased_at IS NULL`),
  ],
);

/**
 * The erasing of a call, of several, or of a caller, and the work of it. What names the caller is here only while it is open:
 * `subject` (the id of the call, or the number) and `needles` (texts that logged requests are searched for).
 */
export const erasures = sqliteTable(
  "erasures",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    kind: text({ enum: ["call", "calls", "caller"] }).notNull(),
    /** Of a call it stays. */
    subject: text(),
    needles: text({ mode: "json" }).$type<string[]>().notNull(),
    /** No request that came before it is of this call; 0 of a caller. In milliseconds. */
    since: integer().notNull(),
    state: text({ enum: ["open", "completed"] }).notNull(),
    phase: text().notNull(),
    /** Where the phase goes on; null at its beginning. */
    cursor: text(),
    counts: text({ mode: "json" }).$type<Record<string, number>>().notNull(),
    actor: text({ mode: "json" }).$type<{ kind: string; id?: string }>().notNull(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull(),
    nudgeAfter: integer("nudge_after").notNull(),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("erasures_open")
      .on(table.organizationId, table.id)
      .where(sql`state = 'open'`),
  ],
);

/** What must neither be erased nor run out: a call, the calls of a caller, or those of a campaign. */
export const legalHolds = sqliteTable(
  "legal_holds",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    kind: text({ enum: ["call", "caller", "campaign"] }).notNull(),
    /** The id of the call or campaign, or the number. */
    subject: text().notNull(),
    reason: text().notNull(),
    /** Who placed it. */
    actor: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/**
 * How far a retention clock of a campaign has come among its calls, by when they began. A pass begins at the first call
 * again after a while, for calls that came late or were held.
 */
export const retentionPasses = sqliteTable(
  "retention_passes",
  {
    organizationId: text("organization_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    clock: text().notNull(),
    /** The last call that was looked at: when it began, a colon, its id; null at the beginning of a pass. */
    cursor: text(),
    beganAt: integer("began_at").notNull(),
    dueAt: integer("due_at").notNull(),
    /** What was removed by it until now. */
    removed: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.campaignId, table.clock] }),
    index("retention_passes_due").on(table.dueAt),
  ],
);

/**
 * How long what is kept of calls is kept. `campaignId` is "" for the organization, whose clocks count where a campaign has
 * none of its own. In whole days, by clock (privacy/clocks.ts); null: for as long as the call.
 */
export const retentionRules = sqliteTable(
  "retention_rules",
  {
    organizationId: text("organization_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    clocks: text({ mode: "json" }).$type<Record<string, number | null>>().notNull(),
    version: integer().notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.campaignId] })],
);
