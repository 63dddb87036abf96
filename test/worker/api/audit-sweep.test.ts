import { env } from "cloudflare:workers";
import { getTableColumns, getTableName } from "drizzle-orm";
import { describe, it } from "vitest";
import { AUDITED } from "../../../src/db/audited-tables";
import { openDatabase } from "../../../src/db/client";
import { apiClient, deliveryOf } from "./client";
import { CASES, mintWorld, run, writingOperations } from "./writing-operations";

// Every operation of the API that writes is run once. What it changed in an audited table is compared with the log.

/** What changes nothing of anybody's. */
const WRITES_NOTHING = new Set([
  "POST /v1/endpoints/verify",
  "POST /v1/webhooks/verify",
  "POST /v1/sources/{id}/try",
  "POST /v1/source-mappings/try",
  "POST /v1/connectors/{id}/dry-run",
  "POST /v1/tokens",
  "POST /v1/token-issuers/{id}/test",
]);

/** The audited rows of an organization, without what is ignored: by type and id, as text. */
async function auditedRows(organizationId: string): Promise<Map<string, string>> {
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

type Entry = { action: string; resource_type: string; resource_id: string; actor: string; request_id: string | null };

async function entriesOf(organizationId: string): Promise<(Entry & { id: string; whole: string })[]> {
  const { results } = await env.DB.prepare("SELECT * FROM audit_log WHERE organization_id = ?")
    .bind(organizationId)
    .all<Entry & { id: string }>();
  return results.map((row) => ({ ...row, whole: JSON.stringify(row) }));
}

/** A database in which each batch of a request fails at its end, after all that it was to write. */
function failingBinding(): D1Database {
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

describe("the audit log of the API", () => {
  it("is tried with every operation that may write", async ({ expect }) => {
    expect(Object.keys(CASES).toSorted()).toEqual((await writingOperations()).toSorted());
  });

  it.for(Object.entries(CASES))("%s: each changed row has its entry, by its actor", async ([name, one], { expect }) => {
    const world = await mintWorld();
    const api = apiClient();
    api.log.push(deliveryOf({ deliveryId: "dlv_1", state: "held" }));
    await one.before?.(world, api);
    const [rows, known] = [await auditedRows(world.organization.id), await entriesOf(world.organization.id)];
    const answer = await run(name, one, world, api);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    const now = await auditedRows(world.organization.id);
    const changed = [...new Set([...rows.keys(), ...now.keys()])]
      .filter((row) => rows.get(row) !== now.get(row))
      .map((row) => row.split(" ").slice(0, 2).join(" "))
      .filter((row) => row !== one.leaves?.(world));
    const made = (await entriesOf(world.organization.id)).filter(({ id }) => !known.some((other) => other.id === id));
    const acts = made.filter(({ action }) => one.acts?.includes(action));
    const ofRows = made.filter((entry) => !acts.includes(entry));
    const seen = ofRows.map((entry) => `${entry.resource_type} ${entry.resource_id}`);
    expect(new Set(seen)).toEqual(new Set(changed));
    expect(acts.map(({ action }) => action)).toEqual(one.acts ?? []);
    expect(made.length > 0).toBe(!WRITES_NOTHING.has(name));
    for (const entry of made) {
      expect(entry).toMatchObject({ actor: world.organization.apiKeyId, address: "203.0.113.7" });
      expect(entry.request_id).toBe(answer.headers.get("x-request-id"));
      expect(entry.whole).not.toContain("hush-hush");
      for (const secret of secretsIn(answer.body)) expect(entry.whole).not.toContain(secret);
    }
    expect((await env.DB.prepare("SELECT * FROM audit_act").all()).results).toEqual([]);
  });

  it.for(Object.entries(CASES))(
    "%s: where the write fails there is neither change nor entry",
    async ([name, one], { expect }) => {
      const world = await mintWorld();
      const ready = apiClient();
      await one.before?.(world, ready);
      const api = apiClient({ db: openDatabase(failingBinding()) });
      api.log.push(deliveryOf({ deliveryId: "dlv_1", state: "held" }));
      const [rows, known] = [await auditedRows(world.organization.id), await entriesOf(world.organization.id)];
      const answer = await run(name, one, world, api);
      expect(await auditedRows(world.organization.id)).toEqual(rows);
      const made = (await entriesOf(world.organization.id)).filter(({ id }) => !known.some((other) => other.id === id));
      // What is asked of an endpoint's object or a queue is recorded before it is passed on.
      expect(made.filter(({ action }) => !one.acts?.includes(action))).toEqual([]);
      if (!one.acts && !WRITES_NOTHING.has(name)) expect([name, answer.status >= 500]).toEqual([name, true]);
      expect((await env.DB.prepare("SELECT * FROM audit_act").all()).results).toEqual([]);
    },
  );

  it("has the admin's new organization and its first key", async ({ expect }) => {
    const headers = { authorization: "Bearer operator-token-for-tests-only" };
    const { body } = await apiClient().post("/admin/organizations", { headers, body: { name: "Acme" } });
    const entries = await entriesOf(body.organization.id);
    expect(entries.map(({ action, actor }) => `${action} ${actor}`).toSorted()).toEqual([
      "api_key.created admin",
      "organization.created admin",
    ]);
    for (const { whole } of entries) expect(whole).not.toContain(body.api_key.key);
  });
});

/** The secrets that an answer shows once. */
function secretsIn(body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === "string" && /^(?:secret|signing_secret|key|company_secret)$/.test(name)
      ? [value]
      : secretsIn(value),
  );
}
