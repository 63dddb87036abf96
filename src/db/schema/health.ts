import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// How the deployment and its API are. Moments in milliseconds; an hour is the moment it begins. All are WITHOUT ROWID.

/** Authenticated requests of an organization to the API in an hour, by how they were answered. */
export const apiHours = sqliteTable(
  "api_hours",
  {
    organizationId: text("organization_id").notNull(),
    hour: integer().notNull(),
    requests: integer().notNull(),
    /** Answered 429. */
    limited: integer().notNull(),
    /** Answered 5xx. */
    failed: integer().notNull(),
    lastAt: integer("last_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.hour] })],
);

/** Messages that a queue gave up on, by the hour. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    queue: text().notNull(),
    hour: integer().notNull(),
    messages: integer().notNull(),
    lastAt: integer("last_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.queue, table.hour] })],
);

/** When the sweep last began and ended, and how many of its parts failed then: one row. */
export const sweepRuns = sqliteTable("sweep_runs", {
  name: text().primaryKey(),
  beganAt: integer("began_at").notNull(),
  endedAt: integer("ended_at"),
  failed: integer().notNull().default(0),
});

/** Figures of the deployment that are beyond their threshold. */
export const healthAlarms = sqliteTable("health_alarms", {
  figure: text().primaryKey(),
  value: integer().notNull(),
  since: integer().notNull(),
  /** When the admin was last notified. */
  notifiedAt: integer("notified_at"),
});
