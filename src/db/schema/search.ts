import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Calls that changed since they were indexed for search, marked by triggers (db/search-triggers.ts). `changes` tells a
 * mark from a later one of the same call.
 */
export const searchMarks = sqliteTable("search_marks", {
  callId: text("call_id").primaryKey(),
  changes: integer().notNull(),
});
