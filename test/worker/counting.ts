/** The database, with its statements and the rows they write counted. */
export function counting(database: D1Database) {
  const counts = { statements: 0, rows: 0 };
  const note = <T extends D1Result>(result: T): T => {
    counts.statements += 1;
    counts.rows += result.meta.rows_written;
    return result;
  };
  const watch = (statement: D1PreparedStatement): D1PreparedStatement => {
    const all = statement.all.bind(statement);
    const raw = statement.raw.bind(statement);
    const bind = statement.bind.bind(statement);
    Object.assign(statement, {
      all: async () => note(await all()),
      run: async () => note(await all()),
      raw: async () => ((counts.statements += 1), raw()),
      bind: (...values: unknown[]) => watch(bind(...values)),
    });
    return statement;
  };
  const DB = new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watch(target.prepare(sql));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => (await target.batch(statements)).map(note);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { DB, counts };
}
