import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Statement } from "../db/client";

/** Rows of a roll-up: of one organization, grain and period. `from` gives a row for each key, with all columns in order. */
export type RolledUp = {
  organizationId: string;
  grain: "day" | "week" | "month" | "week_all" | "month_all";
  period: number;
  keys: readonly string[];
  from: SQL;
};

/**
 * Statements that make the rows of a roll-up what they are counted anew to be. A row that is so already is not written:
 * a day is counted many times, and most of it stays.
 */
export function replaceRows(
  db: Database,
  table: SQLiteTable,
  { organizationId, grain, period, keys, from }: RolledUp,
): Statement[] {
  const names = Object.values(getTableColumns(table)).map(({ name }) => name);
  const figures = names.slice(3 + keys.length);
  const list = (of: readonly string[], as = (name: string) => sql.identifier(name) as unknown as SQL) =>
    sql.join(of.map(as), sql`, `);
  const own = (name: string) => sql`${table}.${sql.identifier(name)}`;
  const counted = (name: string) => sql`excluded.${sql.identifier(name)}`;
  return [
    db.run(sql`DELETE FROM ${table} WHERE organization_id = ${organizationId} AND grain = ${grain} AND period = ${period}
      AND (${list(keys)}) NOT IN (SELECT ${list(keys)} FROM (${from}))`),
    db.run(sql`INSERT INTO ${table} (${list(names)})
      SELECT ${organizationId}, ${grain}, ${period}, ${list(names.slice(3))} FROM (${from}) WHERE TRUE
      ON CONFLICT (${list(names.slice(0, 3 + keys.length))}) DO UPDATE SET
        ${list(figures, (name) => sql`${sql.identifier(name)} = ${counted(name)}`)}
      WHERE (${list(figures, own)}) IS NOT (${list(figures, counted)})`),
  ];
}
