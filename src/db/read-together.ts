import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "./client";

// Several queries as one statement: what one step needs is read at once, and D1 is asked once. Their columns stand side
// by side without names of their own, so that tables may share names, and no value changes its type on the way.

type Column = SQLiteColumn | SQL;

/**
 * A query among others: its columns under their names in code, and everything from `FROM` on. `row` is never set: it
 * carries the type of a row.
 */
export type Query<Row = unknown> = { columns: Readonly<Record<string, Column>>; from: SQL; row?: Row };

type Queries<Rows extends readonly unknown[]> = { readonly [At in keyof Rows]: Query<Rows[At]> };

/** D1 takes no longer compound select. More queries are compound selects of compound selects. */
const MOST_TERMS = 5;

/** The query for whole rows of a table; `where` is everything from `WHERE` on. */
export function rowsOf<T extends SQLiteTable>(table: T, where: SQL): Query<T["$inferSelect"]> {
  return { columns: getTableColumns(table) as Record<string, Column>, from: sql`FROM ${table} ${where}` };
}

/** The one statement of the queries. `rowsTogether` takes its result apart. */
export function readTogether(db: Database, queries: readonly Query[]) {
  const width = Math.max(...queries.map(({ columns }) => Object.keys(columns).length));
  const selects = queries.map(({ columns, from }, part) => {
    const values = Object.values(columns);
    const cells = Array.from({ length: width }, (_, at) => sql`${values[at] ?? sql`NULL`} AS ${sql.raw(`c${at}`)}`);
    // In parentheses of its own, so that each may have an order and a limit.
    return sql`SELECT * FROM (SELECT ${sql.raw(String(part))} AS part, ${sql.join(cells, sql`, `)} ${from})`;
  });
  return db.run(unionOf(selects));
}

function unionOf(selects: readonly SQL[]): SQL {
  if (selects.length <= MOST_TERMS) return sql.join([...selects], sql` UNION ALL `);
  const groups: SQL[] = [];
  for (let start = 0; start < selects.length; start += MOST_TERMS)
    groups.push(sql`SELECT * FROM (${unionOf(selects.slice(start, start + MOST_TERMS))})`);
  return unionOf(groups);
}

/** The rows of each query, in its order. */
export function rowsTogether<Rows extends readonly unknown[]>(
  result: D1Result | undefined,
  queries: Queries<Rows>,
): { -readonly [At in keyof Rows]: Rows[At][] } {
  const parts = queries.map((): unknown[] => []);
  for (const row of (result?.results ?? []) as Record<string, unknown>[]) {
    const part = Number(row["part"]);
    const columns = Object.entries(queries[part]?.columns ?? {});
    parts[part]?.push(Object.fromEntries(columns.map(([name, column], at) => [name, valueOf(column, row[`c${at}`])])));
  }
  return parts as never;
}

/** A row of a table as D1 gives it, under the names that its columns have in code. */
export function rowOf<T extends SQLiteTable>(table: T, row: Record<string, unknown>): T["$inferSelect"] {
  const columns = Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>);
  return Object.fromEntries(columns.map(([name, column]) => [name, valueOf(column, row[column.name])])) as never;
}

function valueOf(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return is(column, SQL) ? value : column.mapFromDriverValue(value as never);
}
