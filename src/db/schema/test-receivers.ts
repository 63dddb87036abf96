import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** An address of our own that shows what is sent to it, for an hour. Its id is what nobody can guess of the address. */
export const testReceivers = sqliteTable("test_receivers", {
  id: text().primaryKey(),
  organizationId: text("organization_id").notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  /** Requests that came; the last ones are kept. */
  received: integer().notNull().default(0),
});

/** One request that came to a test receiver, and what was found of its signature. */
export const receivedRequests = sqliteTable(
  "received_requests",
  {
    receiverId: text("receiver_id").notNull(),
    number: integer().notNull(),
    receivedAt: integer("received_at").notNull(),
    method: text().notNull(),
    headers: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    body: text().notNull(),
    finding: text().notNull(),
    /** The endpoint that it is of, where it is known. */
    endpointId: text("endpoint_id"),
  },
  (table) => [primaryKey({ columns: [table.receiverId, table.number] })],
);
