// `npm run test:e2e` and `npm run test:pages`: the test files that start a Worker, each in a process of its own, at a port and
// in a folder of its own. Behind `--`, names of files run those alone, and
// `--test-name-pattern=…` the tests that are called so.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { migrate } from "../../scripts/start/migrate.ts";
import { keepSecrets } from "../../scripts/start/secrets.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { MIGRATED_STATE } from "./trunkline.ts";

/**
 * A file of pages waits for a good part of its time: another one has the machine then. Those end to end kill servers, decode
 * and recognize speech, and are held to times: each has the machine for itself.
 */
const AT_ONCE = { e2e: 1, pages: 2 };

/** In milliseconds: for what hangs, not for what is slow on a machine that has other things to do. */
const LIMIT = 900_000;

const FOLDERS = ["e2e", "pages"] as const;

/** Those of minutes, the longest first: what begins last should not be what takes the longest. */
const LONGEST = ["pages/work", "e2e/tus", "pages/settings", "pages/dashboard", "e2e/start", "e2e/storages-cut"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "test-name-pattern": { type: "string", multiple: true } },
});
const folders = FOLDERS.filter((folder) => positionals.includes(folder));
const names = positionals.filter((word) => !folders.some((folder) => folder === word)).map(shortNameOf);
const all = folders.flatMap((folder) =>
  readdirSync(join(PROJECT, "test", folder))
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `${folder}/${shortNameOf(file)}`),
);
const unknown = names.filter((name) => !all.some((one) => isCalled(one, name)));
if (unknown.length > 0 || all.length === 0) {
  console.error(`no test ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(2);
}

const chosen = all.filter((one) => names.length === 0 || names.some((name) => isCalled(one, name)));
const inOrder = chosen.toSorted((one, other) => placeOf(one) - placeOf(other));
const migrated = mkdtempSync(join(tmpdir(), "trunkline-migrated-"));
process.once("exit", () => rmSync(migrated, { recursive: true, force: true }));
keepSecrets(migrated);
await migrate(migrated);
process.env[MIGRATED_STATE] = migrated;

// Until the end of all says otherwise.
process.exitCode = 1;
const took: { name: string; seconds: number }[] = [];
const patterns = values["test-name-pattern"];
const events = run({
  files: inOrder.map((name) => join(PROJECT, "test", `${name}.test.ts`)),
  concurrency: Math.min(...folders.map((folder) => AT_ONCE[folder])),
  timeout: LIMIT,
  ...(patterns && { testNamePatterns: patterns.map((pattern) => new RegExp(pattern)) }),
});
events.on("test:summary", ({ file, success, duration_ms }) => {
  if (file === undefined) process.exitCode = success ? 0 : 1;
  else took.push({ name: shortNameOf(file), seconds: Math.round(duration_ms / 1_000) });
});
events.on("end", () => {
  const lines = took
    .toSorted((one, other) => other.seconds - one.seconds)
    .map(({ name, seconds }) => `${name} ${seconds} s`);
  console.log(lines.join(", "));
});
events.compose(spec).pipe(process.stdout);

/** `pages/work` or `work` of a path to `work.test.ts`. */
function shortNameOf(path: string): string {
  return path.replace(/^.*\btest\//, "").replace(/\.test\.ts$/, "");
}

function isCalled(one: string, name: string): boolean {
  return one === name || one.endsWith(`/${name}`);
}

/** Where it stands in LONGEST; behind them all if it does not. */
function placeOf(name: string): number {
  const at = LONGEST.indexOf(name);
  return at < 0 ? LONGEST.length : at;
}
