import { HOMES, type Home } from "../../src/db/homes";

/** Statements that went to the database as one: a single one, or those of a batch. */
export type Unit = { kind: "statement" | "batch"; tables: string[]; sql: string[] };

/** A database that notes what is asked of it. */
export function noting(db: D1Database, note: (unit: Unit) => void): D1Database {
  const texts = new WeakMap<object, string>();
  const noteOne = (sql: string) => note({ kind: "statement", tables: tablesIn(sql), sql: [sql] });
  const noted = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        if (name === "bind") return (...values: unknown[]) => noted(target.bind(...values), sql);
        return (...args: unknown[]): unknown => {
          noteOne(sql);
          return Reflect.apply(value, target, args);
        };
      },
    });
    texts.set(wrapped, sql);
    real.set(wrapped, statement);
    return wrapped;
  };
  const real = new WeakMap<object, D1PreparedStatement>();
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => noted(target.prepare(sql), sql);
      if (name === "batch")
        return (batch: D1PreparedStatement[]) => {
          const sql = batch.map((one) => texts.get(one) ?? "");
          for (const one of sql) noteOne(one);
          note({ kind: "batch", tables: [...new Set(sql.flatMap(tablesIn))].toSorted(), sql });
          return target.batch(batch.map((one) => real.get(one) ?? one));
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The tables a statement reads or writes. */
export function tablesIn(sql: string): string[] {
  const named = [...sql.matchAll(/\b(?:from|join|into|update)\s+["`]?([a-z_]+)["`]?/gi)].map(([, name = ""]) => name);
  return [...new Set(named.filter((name) => HOMES.has(name)))].toSorted();
}

/** The tables of one home among these. */
export function inHome(tables: readonly string[], home: Home): string[] {
  return tables.filter((table) => HOMES.get(table) === home);
}
