import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Trouble } from "../trouble.ts";

/** Fails with one line when a part of the project that `npm start` needs is not there. */
export function checkProject(project = join(import.meta.dirname, "..", "..")): void {
  if (
    !existsSync(join(project, "node_modules", "wrangler", "bin", "wrangler.js")) ||
    !existsSync(join(project, "node_modules", "standardwebhooks"))
  ) {
    throw new Trouble("node_modules is missing or incomplete: run `npm ci` first");
  }
  for (const file of ["wrangler.toml", "src/index.ts"]) {
    if (!existsSync(join(project, file))) throw new Trouble(`${file} is missing: this checkout is incomplete`);
  }
  const migrations = join(project, "migrations");
  if (!existsSync(migrations) || !readdirSync(migrations).some((name) => name.endsWith(".sql"))) {
    throw new Trouble("migrations/ is missing or holds no .sql file: this checkout is incomplete");
  }
}
