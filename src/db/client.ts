import { SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import { dialect } from "./dialect";
import { renderSql, type Rendered } from "./render";

export type Database = DrizzleD1Database & { $client: D1Database };

/**
 * One statement of a batch: made by a core function, run by whoever composes the batch. Awaiting it runs it, so never
 * return one directly from an async function.
 */
export type Statement = BatchItem<"sqlite">;

// Drizzle's wrapper of a binding has no request state, and creating it costs a tenth of a small request.
const opened = new WeakMap<D1Database, Database>();

/** The one place that opens a database. Which one holds a table, its home says (homes.ts). */
export function openDatabase(binding: D1Database): Database {
  const known = opened.get(binding);
  if (known) return known;
  const database = drizzle(binding);
  // What builders of this database, and what its session, make of a statement.
  const inner = database as unknown as { dialect: typeof dialect; session: { dialect: typeof dialect } };
  inner.dialect = dialect;
  inner.session.dialect = dialect;
  opened.set(binding, database);
  return database;
}

/**
 * Runs the statements as one atomic unit, in order, and gives each one's result. D1 has no other transaction. Drizzle's
 * own `batch` does not take `db.run(sql…)` with parameters (it expects a prepared statement, which a raw query does not
 * have), so the statements are rendered here and passed to D1 directly.
 */
export async function runBatch(db: Database, statements: readonly Statement[]): Promise<D1Result[]> {
  if (statements.length === 0) return [];
  return db.$client.batch(
    statements.map((statement) => {
      const { text, params } = render(statement);
      return db.$client.prepare(text).bind(...params);
    }),
  );
}

/** How many rows a statement of a batch changed. */
export function changesOf(result: D1Result | undefined): number {
  return result?.meta.changes ?? 0;
}

// Builders render with `toSQL`; raw queries are the SQL they were made from. Both encode the parameters.
function render(statement: Statement): Rendered {
  const known = statement as { toSQL?(): { sql: string; params: unknown[] }; getSQL?(): unknown };
  const built = known.toSQL?.();
  if (built) return { text: built.sql, params: built.params };
  const raw = known.getSQL?.();
  if (!(raw instanceof SQL)) throw new Error("a batch was given something that is no statement");
  return renderSql(raw);
}
