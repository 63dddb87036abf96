import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { after, describe, test } from "node:test";
import { databaseIn, unpackState } from "../fixtures/state/manifest.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const MIGRATIONS = join(PROJECT, "migrations");
const STATE = join(PROJECT, "test", "fixtures", "state");

/** A statement of the release before, with values it was run with (test/fixtures/state/README.md). */
type Recorded = [sql: string, values: (string | number | boolean | null)[]];

/** The tables' columns and rows, by name. */
type Content = Map<string, { columns: string[]; rows: Record<string, unknown>[] }>;

function contentOf(db: DatabaseSync): Content {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*'")
    .all() as { name: string }[];
  return new Map(
    tables.map(({ name }) => {
      const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(name) as { name: string }[];
      const rows = db.prepare(`SELECT * FROM "${name}"`).all();
      return [name, { columns: columns.map((column) => column.name), rows }];
    }),
  );
}

function apply(db: DatabaseSync, migration: string): void {
  const text = readFileSync(join(MIGRATIONS, migration), "utf8");
  for (const statement of text.split("--> statement-breakpoint")) db.exec(statement);
}

describe("the migrations since 6fec4ac, on the database it left", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "trunkline-migrations-"));
  unpackState("6fec4ac.tar.gz", stateDir);
  const db = new DatabaseSync(databaseIn(stateDir));
  after(() => {
    db.close();
    rmSync(stateDir, { recursive: true, force: true });
  });
  const applied = db.prepare("SELECT name FROM d1_migrations").all() as { name: string }[];
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  const open = files.filter((name) => !applied.some((one) => one.name === name)).toSorted();

  test("it has rows to lose, and every migration it had is still there", () => {
    const content = contentOf(db);
    for (const table of ["organizations", "sources", "endpoints", "calls", "events", "recordings", "inbox", "uploads"])
      assert.ok((content.get(table)?.rows.length ?? 0) > 0, `${table} is empty`);
    for (const { name } of applied) assert.ok(files.includes(name), `${name} has gone`);
    assert.ok(open.length > 0);
  });

  for (const migration of open) {
    test(`${migration} only adds: no table, column, row or value of before is gone`, () => {
      const before = contentOf(db);
      apply(db, migration);
      const now = contentOf(db);
      for (const [table, { columns, rows }] of before) {
        const kept = now.get(table);
        assert.ok(kept, `${table} has gone`);
        const missing = columns.filter((column) => !kept.columns.includes(column));
        assert.deepEqual(missing, [], `columns of ${table} have gone`);
        const narrowed = kept.rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
        assert.deepEqual(
          narrowed,
          rows.map((row) => ({ ...row })),
        );
      }
    });
  }

  test("the Worker of 6fec4ac runs on the schema of today: each of its statements does", () => {
    const lines = readFileSync(join(STATE, "6fec4ac.statements.jsonl"), "utf8").trim().split("\n");
    assert.ok(lines.length > 100);
    for (const line of lines) {
      const [sql, values] = JSON.parse(line) as Recorded;
      db.exec("BEGIN");
      try {
        db.prepare(sql).all(
          ...values.map((value): SQLInputValue => (typeof value === "boolean" ? Number(value) : value)),
        );
      } catch (cause) {
        assert.fail(`${String(cause)} in: ${sql}`);
      } finally {
        db.exec("ROLLBACK");
      }
    }
  });
});
