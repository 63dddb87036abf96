import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const PLATFORMS = join(import.meta.dirname, "..", "..", "src", "platforms");
/** Folders that serve the platforms and are none. */
const SHARED = ["asking", "mapping", "proof", "reading"];
/** What a file of a platform may be for; the header of `contract.ts` says what each role is. */
const ROLES = ["index", "settings", "verify", "read", "map", "access", "pull", "guide", "example"];
/** A role that does not fit into one file has others beside it, each with its own noun: `map-recordings.ts`. */
const NAME = new RegExp(`^(?:${ROLES.join("|")}|(?:${ROLES.slice(2).join("|")})(?:-[a-z]+)+)\\.ts$`);

function problemsOf(kind: string, files: readonly string[]): string[] {
  const strangers = files.filter((file) => !NAME.test(file));
  const absent = ["index.ts", "guide.ts"].filter((file) => !files.includes(file));
  return [
    ...strangers.map((file) => `${kind}/${file} is no role of a platform: ${ROLES.join(", ")}`),
    ...absent.map((file) => `${kind}/${file} is missing`),
  ];
}

test("every platform's folder has files of the same few names", () => {
  const folders = readdirSync(PLATFORMS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const kinds = folders.map(({ name }) => name).filter((name) => !SHARED.includes(name));
  assert.ok(kinds.length > 10);
  assert.deepEqual(
    kinds.flatMap((kind) => problemsOf(kind, readdirSync(join(PLATFORMS, kind)))),
    [],
  );
});

test("a file that names no role is found, and so is a platform without a guide", () => {
  assert.deepEqual(problemsOf("ringwell", ["index.ts", "guide.ts", "map-recordings.ts", "verify-python-form.ts"]), []);
  assert.equal(problemsOf("ringwell", ["index.ts", "guide.ts", "payload.ts"]).length, 1);
  assert.equal(problemsOf("ringwell", ["index.ts", "guide.ts", "mapping.ts", "index-2.ts"]).length, 2);
  assert.deepEqual(problemsOf("ringwell", ["index.ts"]), ["ringwell/guide.ts is missing"]);
});

test("the contract says what each role is", () => {
  const text = readFileSync(join(PLATFORMS, "contract.ts"), "utf8");
  for (const role of ROLES) assert.match(text, new RegExp(`^ \\* - \`${role}\\.ts\`:`, "m"));
  for (const folder of SHARED) assert.ok(existsSync(join(PLATFORMS, folder)));
});
