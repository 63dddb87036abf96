import { Trouble } from "../trouble.ts";
import { wrangler } from "../wrangler.ts";
import { isMigrated, noteMigrated } from "./migrated.ts";

/** Brings the local databases to their newest shape. Prints nothing unless it fails. */
export async function migrate(stateDir: string): Promise<void> {
  if (isMigrated(stateDir)) return;
  for (const binding of ["DB", "SEARCH"]) await migrateOne(binding, stateDir);
  noteMigrated(stateDir);
}

async function migrateOne(binding: string, stateDir: string): Promise<void> {
  const result = await wrangler(["d1", "migrations", "apply", binding, "--local", "--persist-to", `${stateDir}/state`]);
  if (result.code === 0) return;
  const problem =
    `${result.stdout}\n${result.stderr}`.split("\n").find((line) => /error/i.test(line)) ?? "no reason given";
  throw new Trouble(
    `the database in ${stateDir}/state could not be migrated (${problem.replace(/\s+/g, " ").trim().slice(0, 300)})`,
  );
}
