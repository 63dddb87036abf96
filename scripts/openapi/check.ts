// The document of the API as others read it: two linters, and the generated client is the one that is stored.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runScript, Trouble } from "../trouble.ts";
import { PROJECT } from "../wrangler.ts";
import { describedAt } from "./document.ts";

const TYPES = join(PROJECT, "client", "api.d.ts");
const TOOLS = join(PROJECT, "tools", "openapi");

await runScript(async () => {
  installTools();
  const folder = join(PROJECT, ".wrangler", "openapi");
  mkdirSync(folder, { recursive: true });
  const document = join(folder, "openapi.json");
  writeFileSync(document, JSON.stringify(JSON.parse(await describedAt("/openapi.json")), null, 2));
  runTool("redocly", "@redocly/cli/bin/cli.js", [
    "lint",
    document,
    "--config",
    join(TOOLS, "redocly.yaml"),
    "--format",
    "stylish",
    "--max-problems",
    "50",
  ]);
  runTool("spectral", "@stoplight/spectral-cli/dist/index.js", [
    "lint",
    document,
    "--ruleset",
    join(TOOLS, "spectral.yaml"),
    "--fail-severity",
    "hint",
  ]);
  checkTypes(document, join(folder, "api.d.ts"), process.argv.includes("--write"));
  checkGenerators(document, join(folder, "clients"));
  return 0;
});

/** The types of the client are those of this document. With `--write` they become so. */
function checkTypes(document: string, made: string, mayWrite: boolean): void {
  runTool("openapi-typescript", "openapi-typescript/bin/cli.js", [document, "--output", made]);
  const [now, stored] = [readFileSync(made, "utf8"), existsSync(TYPES) ? readFileSync(TYPES, "utf8") : ""];
  if (now === stored) process.stdout.write("the client's types are those of the document\n");
  else if (mayWrite) writeFileSync(TYPES, now);
  else throw new Trouble("client/api.d.ts is not made of this document: npm run openapi -- --write");
}

/** Two more generators make clients without a complaint, which are compiled as Node itself would load them. */
function checkGenerators(document: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  runTool("@hey-api/openapi-ts and orval", "../generate.js", [document, folder]);
  runTool("tsc of both", "typescript/bin/tsc", ["-p", folder]);
}

/** The tools are a package of their own, with another TypeScript than ours: 190 MB that only this check needs. */
function installTools(): void {
  if (existsSync(join(TOOLS, "node_modules", ".package-lock.json"))) return;
  const done = spawnSync("npm", ["ci", "--ignore-scripts", "--prefix", TOOLS], { cwd: PROJECT, stdio: "inherit" });
  if (done.status !== 0) throw new Trouble("the tools for the OpenAPI document could not be installed");
}

/** Runs a tool, and fails where it found an error or a warning. */
function runTool(name: string, file: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(TOOLS, "node_modules", file), ...args], {
    cwd: TOOLS,
    encoding: "utf8",
    env: { ...process.env, REDOCLY_TELEMETRY: "off", NO_COLOR: "1" },
  });
  const output = `${stdout}${stderr}`;
  if (status !== 0 || /\b[1-9]\d* (?:errors?|warnings?)\b|^\s*\d+:\d+\s+(?:error|warning)/m.test(output))
    throw new Trouble(`${name}: ${output}`);
  process.stdout.write(`${name}: no error and no warning\n`);
}
