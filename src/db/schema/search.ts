import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Calls whose turn in the search index failed, or that were deleted: the sweep brings the index up to date with them. A
 * change that comes while its call is being indexed is known by the call's version.
 */
export const searchMarks = sqliteTable("search_marks", {
  callId: text("call_id").primaryKey(),
});
