import { count, countWrites } from "./counters";

// Prepared statements by their counted stand-ins: a batch needs the real ones.
const statements = new WeakMap<D1PreparedStatement, { real: D1PreparedStatement; sql: string }>();

/** D1 with every row read and written counted, from the figures D1 itself gives for each statement. */
export function countedDatabase(db: D1Database): D1Database {
  return {
    prepare: (sql: string) => counted(db.prepare(sql), sql),
    batch: async (batch: D1PreparedStatement[]) => {
      const known = batch.map((statement) => statements.get(statement)!);
      count("d1Batches");
      const results = await db.batch(known.map(({ real }) => real));
      for (const [index, result] of results.entries()) countResult(known[index]!.sql, result);
      return results;
    },
  } as D1Database;
}

function counted(real: D1PreparedStatement, sql: string): D1PreparedStatement {
  const all = async () => {
    const result = await real.all();
    countResult(sql, result);
    return result;
  };
  const statement = {
    bind: (...values: unknown[]) => counted(real.bind(...values), sql),
    all,
    run: all,
    first: async (column?: string) => {
      const [row] = (await all()).results;
      return row === undefined ? null : column === undefined ? row : (row[column] ?? null);
    },
    // D1 gives no figures with `raw`, and `all` loses columns of one name: a read is done both ways and counted once.
    raw: async () =>
      /^\s*select/i.test(sql) ? (await all(), real.raw()) : (await all()).results.map((row) => Object.values(row)),
  } as D1PreparedStatement;
  statements.set(statement, { real, sql });
  return statement;
}

function countResult(sql: string, { meta }: D1Result): void {
  count("d1Queries");
  count("d1RowsRead", meta.rows_read);
  countWrites("D1", sql, meta.rows_written);
}
