import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The outbox: written in the same batch as the change it tells of. A stream is a call, or an endpoint about itself. */
export const events = sqliteTable(
  "events",
  {
    stream: text().notNull(),
    seq: integer().notNull(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    type: text().notNull(),
    /** Stamped by D1, in milliseconds, as endpoints' creation is: the two are compared. */
    recordedAt: integer("recorded_at").notNull(),
    /** The immutable snapshot: the event's data as the catalog describes it. */
    data: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.seq] })],
);

/** A row stands here while a stream has events nobody drained; `fromSeq` is the first of them. */
export const pendingStreams = sqliteTable("pending_streams", {
  stream: text().primaryKey(),
  organizationId: text("organization_id").notNull(),
  fromSeq: integer("from_seq").notNull(),
  since: integer().notNull(),
});
