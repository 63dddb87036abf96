import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The outbox: written in the same batch as the change it describes. A stream is a call, or an endpoint's own events.
 */
export const events = sqliteTable(
  "events",
  {
    stream: text().notNull(),
    seq: integer().notNull(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    type: text().notNull(),
    /** D1's clock, in milliseconds, like the creation time of endpoints: the two are compared. */
    recordedAt: integer("recorded_at").notNull(),
    /** The immutable snapshot: the event's data as the catalog describes it. */
    data: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.seq] })],
);

/**
 * A row exists while a stream has undrained events. `fromSeq` is the first of them. The trigger `events_mark_stream`
 * (db/mark-trigger.ts) writes it with the event.
 */
export const pendingStreams = sqliteTable("pending_streams", {
  stream: text().primaryKey(),
  organizationId: text("organization_id").notNull(),
  fromSeq: integer("from_seq").notNull(),
  since: integer().notNull(),
});

/**
 * Organizations whose events somebody listens to as they happen: who writes events hands them to the organization's
 * stream until then (milliseconds), and asks nobody where there is no row.
 */
export const eventListeners = sqliteTable("event_listeners", {
  organizationId: text("organization_id").primaryKey(),
  until: integer().notNull(),
});
