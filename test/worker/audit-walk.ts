import { env } from "cloudflare:workers";
import { getTableColumns, getTableName } from "drizzle-orm";
import { AUDITED } from "../../src/db/audited-tables";

// What the walks over all that writes compare: the audited rows of an organization, and its entries in the audit log.

/** The audited rows of an organization, without what is ignored: by type and id, as text. */
export async function auditedRows(organizationId: string): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for (const { table, noun, id, organization, each, ignored, operations } of AUDITED) {
    const columns = Object.entries(getTableColumns(table)).filter(([key]) => !ignored.includes(key));
    const { results } = await env.DB.prepare(
      `SELECT ${id.replaceAll("ROW", "one")} AS audited_id, * FROM ${getTableName(table)} AS one
        WHERE ? IN (SELECT ${organization} FROM ${each ?? "(SELECT 1)"})`.replaceAll("ROW", "one"),
    )
      .bind(organizationId)
      .all();
    for (const row of results) {
      const name = `${noun} ${String(row["audited_id"])}${operations.length === 1 && operations[0] === "insert" ? ` ${String(row["id"])}` : ""}`;
      rows.set(name, JSON.stringify(columns.map(([, column]) => row[column.name])));
    }
  }
  return rows;
}

export type Entry = {
  action: string;
  resource_type: string;
  resource_id: string;
  actor: string;
  request_id: string | null;
};

export async function entriesOf(organizationId: string): Promise<(Entry & { id: string; whole: string })[]> {
  const { results } = await env.DB.prepare("SELECT * FROM audit_log WHERE organization_id = ?")
    .bind(organizationId)
    .all<Entry & { id: string }>();
  return results.map((row) => ({ ...row, whole: JSON.stringify(row) }));
}

/** A database in which each batch of a request fails at its end, after all that it was to write. */
export function failingBinding(): D1Database {
  const failure = env.DB.prepare("INSERT INTO campaigns (id) VALUES (NULL)");
  return new Proxy(env.DB, {
    get(target, member) {
      if (member === "batch")
        // The batch that sets an act is one that writes; reads go through.
        return (statements: D1PreparedStatement[]) =>
          target.batch(settingActs.has(statements[0]!) ? [...statements, failure] : statements);
      if (member === "prepare")
        return (sql: string) => {
          const statement = target.prepare(sql);
          if (!/audit_act/.test(sql)) return statement;
          const bind = statement.bind.bind(statement);
          statement.bind = (...values: unknown[]) => {
            const bound = bind(...values);
            settingActs.add(bound);
            return bound;
          };
          return statement;
        };
      const value: unknown = Reflect.get(target, member);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The statements that set the act of a batch. */
const settingActs = new WeakSet<object>();
