import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { isMigrated, noteMigrated } from "../../scripts/start/migrated.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { unpackState } from "../fixtures/state/manifest.ts";

// That wrangler writes what is read here is seen on a real start: test/e2e/one-call.test.ts.

const DATABASES = { calls: "migrations", search: "migrations/search" };

describe("whether a state folder is migrated", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-migrated-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Where the runtime keeps databases. */
  function databases(stateDir: string): string {
    return join(stateDir, "state", "v3", "d1", "miniflare-D1DatabaseObject");
  }

  /** A state folder with both databases, which had all migrations but the last `fewer` of each, and with the note. */
  function migrated(fewer: { calls?: number; search?: number } = {}): string {
    const stateDir = mkdtempSync(join(folder, "state-"));
    mkdirSync(databases(stateDir), { recursive: true });
    for (const [name, of] of Object.entries(DATABASES)) {
      const database = new DatabaseSync(join(databases(stateDir), `${name}.sqlite`));
      database.exec("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE, applied_at TIMESTAMP)");
      const names = readdirSync(join(PROJECT, of)).filter((file) => file.endsWith(".sql"));
      const insert = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)");
      database.exec("BEGIN");
      for (const one of names.slice(0, names.length - (fewer[name as keyof typeof fewer] ?? 0))) insert.run(one);
      database.exec("COMMIT");
      database.close();
    }
    // The runtime's own.
    new DatabaseSync(join(databases(stateDir), "metadata.sqlite")).close();
    noteMigrated(stateDir);
    return stateDir;
  }

  test("one with all migrations is, and one that is new is not", () => {
    assert.equal(isMigrated(migrated()), true);
    assert.equal(isMigrated(join(folder, "new")), false);
  });

  test("without the last migration of either database it is not", () => {
    assert.equal(isMigrated(migrated({ calls: 1 })), false);
    assert.equal(isMigrated(migrated({ search: 1 })), false);
  });

  test("without one of its databases, or with one that cannot be read, it is not", () => {
    const lost = migrated();
    rmSync(join(databases(lost), "search.sqlite"));
    assert.equal(isMigrated(lost), false);
    const damaged = migrated();
    writeFileSync(join(databases(damaged), "calls.sqlite"), "no database".repeat(1_000));
    assert.equal(isMigrated(damaged), false);
  });

  test("without the note, or by another wrangler.toml, it is not", () => {
    const other = migrated();
    const note = join(other, "state", "migrated-by");
    writeFileSync(note, "of another one");
    assert.equal(isMigrated(other), false);
    rmSync(note);
    assert.equal(isMigrated(other), false);
    noteMigrated(other);
    assert.equal(isMigrated(other), true);
  });

  test("what an older release left is not, whatever the note says", () => {
    const older = mkdtempSync(join(folder, "older-"));
    unpackState("6fec4ac.tar.gz", older);
    noteMigrated(older);
    assert.equal(isMigrated(older), false);
  });
});
