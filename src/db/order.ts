import { asc, desc, gt, lt, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** The direction in which a list is read. */
export type Order = "ascending" | "descending";

/** `ORDER BY` a column in this direction. */
export function inOrder(column: SQLiteColumn, order: Order): SQL {
  return order === "ascending" ? asc(column) : desc(column);
}

/** SQL that is true for what comes after this value in this direction; undefined without a value. */
export function isAfter(column: SQLiteColumn, order: Order, value: string | number | undefined): SQL | undefined {
  if (value === undefined) return undefined;
  return order === "ascending" ? gt(column, value) : lt(column, value);
}

/** `>` or `<`: how a row compares with those before it in this direction. */
export function comesAfter(order: Order): SQL {
  return order === "ascending" ? sql`>` : sql`<`;
}
