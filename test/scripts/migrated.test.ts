import assert from "node:assert/strict";
import { cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { migrate } from "../../scripts/start/migrate.ts";
import { isMigrated, noteMigrated } from "../../scripts/start/migrated.ts";
import { unpackState } from "../fixtures/state/manifest.ts";

describe("whether a state folder is migrated", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-migrated-"));
  const whole = join(folder, "whole");
  before(() => migrate(whole));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A copy of the migrated folder, and its databases by a table that they have. */
  function copied(name: string): {
    at: string;
    databaseWith(table: string): DatabaseSync;
    fileOf(table: string): string;
  } {
    const at = join(folder, name);
    cpSync(whole, at, { recursive: true });
    const fileOf = (table: string) => {
      const found = globSync(join(at, "state", "v3", "d1", "**", "*.sqlite")).find((file) => {
        const database = new DatabaseSync(file);
        const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
        database.close();
        return has;
      });
      assert.ok(found, `no database has ${table}`);
      return found;
    };
    return { at, fileOf, databaseWith: (table) => new DatabaseSync(fileOf(table)) };
  }

  test("after a start it is, and a folder that is new is not", () => {
    assert.equal(isMigrated(whole), true);
    assert.equal(isMigrated(join(folder, "new")), false);
  });

  for (const table of ["calls", "search_rows"])
    test(`without the last migration of the database with ${table} it is not`, () => {
      const { at, databaseWith } = copied(`before-${table}`);
      const database = databaseWith(table);
      const { name } = database.prepare("SELECT name FROM d1_migrations ORDER BY id DESC").get() as { name: string };
      database.prepare("DELETE FROM d1_migrations WHERE name = ?").run(name);
      database.close();
      assert.equal(isMigrated(at), false);
    });

  test("without one of its databases it is not, as by another wrangler.toml, and without the note", () => {
    const lost = copied("lost");
    rmSync(lost.fileOf("calls"));
    assert.equal(isMigrated(lost.at), false);
    const other = copied("other");
    writeFileSync(join(other.at, "state", "migrated-by"), "of another one");
    assert.equal(isMigrated(other.at), false);
    noteMigrated(other.at);
    assert.equal(isMigrated(other.at), true);
    rmSync(join(other.at, "state", "migrated-by"));
    assert.equal(isMigrated(other.at), false);
  });

  test("what an older release left is migrated, whatever the note says", async () => {
    const at = mkdtempSync(join(folder, "older-"));
    unpackState("6fec4ac.tar.gz", at);
    noteMigrated(at);
    assert.equal(isMigrated(at), false);
    await migrate(at);
    assert.equal(isMigrated(at), true);
  });
});
