import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

// `npm run db:triggers -- migrations/0012_name.sql` appends to that migration the triggers that are missing or stale
// after all migrations; without a file it prints them. They are made by `src/db/triggers.ts`.

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");
const BREAKPOINT = "--> statement-breakpoint\n";

/** The SQL that turns one set of triggers into another. */
export function renewal(live: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const stale = [...live.keys()].filter((name) => wanted.get(name) !== live.get(name));
  const missing = [...wanted].filter(([name, sql]) => live.get(name) !== sql);
  return [...stale.map((name) => `DROP TRIGGER ${name};`), ...missing.map(([, sql]) => `${sql};`)];
}

/** The triggers there are after all migrations, by name. */
export function migratedTriggers(): Map<string, string> {
  const db = new DatabaseSync(":memory:");
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  for (const file of files.toSorted()) db.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  const rows = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all();
  db.close();
  return new Map(rows.map(({ name, sql }) => [String(name), String(sql)]));
}

/** The triggers that the code asks for. Files in `src` are imported without their ending, which Node does not find. */
export async function wantedTriggers(): Promise<Map<string, string>> {
  registerHooks({ resolve: (specifier, context, next) => next(withEnding(specifier, context.parentURL), context) });
  const { triggers } = await import("../src/db/triggers.ts");
  return triggers();
}

function withEnding(specifier: string, parent: string | undefined): string {
  if (!specifier.startsWith(".") || !parent?.startsWith("file:")) return specifier;
  const path = fileURLToPath(new URL(specifier, parent));
  if (existsSync(path)) return statSync(path).isDirectory() ? `${specifier}/index.ts` : specifier;
  return `${specifier}.ts`;
}

if (import.meta.main) {
  const statements = renewal(migratedTriggers(), await wantedTriggers());
  const [file] = process.argv.slice(2);
  const text = statements.join(`\n${BREAKPOINT}`);
  if (statements.length === 0) process.stderr.write("No trigger is missing or stale.\n");
  else if (file === undefined) process.stdout.write(`${text}\n`);
  else appendFileSync(file, `${readFileSync(file, "utf8").trim() === "" ? "" : `\n${BREAKPOINT}`}${text}\n`);
}
