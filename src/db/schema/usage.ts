import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// Counters by organization, day and campaign. A day is the number of days since 1970 in UTC; `campaignId` is "" where
// a call has none. All of a call counts on the day it began. A job counts the days that triggers have marked
// (usage-triggers.ts). All are WITHOUT ROWID.

export const usageDays = sqliteTable(
  "usage_days",
  {
    organizationId: text("organization_id").notNull(),
    day: integer().notNull(),
    campaignId: text("campaign_id").notNull(),
    calls: integer().notNull(),
    /** Stored recordings, and their bytes. */
    recordings: integer().notNull(),
    bytes: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.day, table.campaignId] })],
);

/**
 * Completed analyses, and the audio they heard. `micros`: what was counted for what the engine was sent of these calls, in
 * millionths of a dollar, also where it failed; 0 on days that were counted before there was this column.
 */
export const usageEngines = sqliteTable(
  "usage_engines",
  {
    organizationId: text("organization_id").notNull(),
    day: integer().notNull(),
    campaignId: text("campaign_id").notNull(),
    engine: text().notNull(),
    analyses: integer().notNull(),
    audioMs: integer("audio_ms").notNull(),
    micros: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.day, table.campaignId, table.engine] })],
);

/** Written from the hours of endpoints, which know no campaign. */
export const usageDeliveries = sqliteTable(
  "usage_deliveries",
  {
    organizationId: text("organization_id").notNull(),
    day: integer().notNull(),
    delivered: integer().notNull(),
    attempts: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.day] })],
);

/** Days whose calls have changed since they were counted. */
export const usageMarks = sqliteTable(
  "usage_marks",
  {
    organizationId: text("organization_id").notNull(),
    day: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.day] })],
);

/** Months, by their first day, whose estimated cost came to the amount of the organization's alert. */
export const usageAlerts = sqliteTable(
  "usage_alerts",
  {
    organizationId: text("organization_id").notNull(),
    month: integer().notNull(),
    /** The amount, in dollars, as it was when the month last came to one. */
    dollars: integer().notNull(),
    crossedAt: integer("crossed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.month] })],
);
