import { createHash } from "node:crypto";
import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PROJECT } from "../wrangler.ts";

// Asking wrangler whether a database has all its migrations takes seconds and three of processor, twice a start. What it
// writes of them is read here instead. Wherever this is not sure, it says no, and wrangler is asked as ever.

/** The folders of migrations that wrangler.toml names, one for each database. */
const MIGRATIONS = [join(PROJECT, "migrations"), join(PROJECT, "migrations", "search")];

/**
 * Whether the databases of a state folder have every migration there is, and are those that this `wrangler.toml` names:
 * with other ids in it, there would be other databases. No process may have them open.
 */
export function isMigrated(stateDir: string): boolean {
  try {
    if (readFileSync(noteIn(stateDir), "utf8") !== configuration()) return false;
    const applied = globSync(join(stateDir, "state", "v3", "d1", "**", "*.sqlite")).flatMap(appliedIn);
    return MIGRATIONS.every((folder) => {
      const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
      return names.length > 0 && applied.some((had) => names.every((name) => had.has(name)));
    });
  } catch {
    // There is no note, or what is there is read by wrangler alone.
    return false;
  }
}

/** Notes which configuration the databases were migrated by, once wrangler has done it. */
export function noteMigrated(stateDir: string): void {
  try {
    writeFileSync(noteIn(stateDir), configuration());
  } catch {
    rmSync(noteIn(stateDir), { force: true });
  }
}

/** The migrations that a database has had; none of what is no database of ours. */
function appliedIn(file: string): ReadonlySet<string>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").get();
    if (known === undefined) return [];
    const rows = database.prepare("SELECT name FROM d1_migrations").all() as { name: string }[];
    return [new Set(rows.map(({ name }) => name))];
  } finally {
    database.close();
  }
}

/** Beside the data, so that it goes where they go. */
function noteIn(stateDir: string): string {
  return join(stateDir, "state", "migrated-by");
}

function configuration(): string {
  return createHash("sha256")
    .update(readFileSync(join(PROJECT, "wrangler.toml")))
    .digest("hex");
}
