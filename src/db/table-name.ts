import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type * as schema from "./schema";

/** What the tables are called in the code. */
export type TableName = {
  [Name in keyof typeof schema]: (typeof schema)[Name] extends SQLiteTable ? Name : never;
}[keyof typeof schema];
