/** The database, with something that happens right before or after each batch that writes. */
export function aroundWrites(
  database: D1Database,
  hooks: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): D1Database {
  const texts = new WeakMap<object, string>();
  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => {
          const statement = target.prepare(sql);
          texts.set(statement, sql);
          const bind = statement.bind.bind(statement);
          statement.bind = (...values: unknown[]) => {
            const bound = bind(...values);
            texts.set(bound, sql);
            return bound;
          };
          return statement;
        };
      }
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const writes = statements.some((statement) => !/^\s*select/i.test(texts.get(statement) ?? ""));
          if (writes) await hooks.before?.();
          const results = await target.batch(statements);
          if (writes) await hooks.after?.();
          return results;
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
