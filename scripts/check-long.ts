import { spawn } from "node:child_process";
import { join } from "node:path";
import { runScript, Trouble } from "./trouble.ts";
import { PROJECT } from "./wrangler.ts";

// What takes too long for CI: property and model tests with many more runs, the end-to-end tests that kill processes,
// repeated, and the hostile harnesses at length. The first failure ends it (docs/operate/releases.md).

const VITEST = join("node_modules", "vitest", "vitest.mjs");
const PROPERTIES = [
  "test/core/calls/properties.test.ts",
  "test/worker/call-properties.test.ts",
  "test/worker/endpoint-model.test.ts",
  "test/worker/operators-model.test.ts",
];
const KILLED = ["crash", "order", "earlier-state", "restore"].map((name) => `test/e2e/${name}.test.ts`);

await runScript(async () => {
  const factor = readCount("LONG", 10);
  const rounds = readCount("ROUNDS", 5);
  await run(`properties, ${factor} times the usual runs`, [
    VITEST,
    "run",
    "--config",
    "test/vitest.config.ts",
    "--testTimeout",
    "3600000",
    ...PROPERTIES,
  ]);
  for (let round = 1; round <= rounds; round += 1) {
    const flags = ["--test", "--test-concurrency=1", "--test-timeout=600000"];
    await run(`killed in the middle, round ${round} of ${rounds}`, [...flags, ...KILLED]);
  }
  await run("the hostile harnesses, at length", [join("test", "hostile", "run.ts"), "--long"]);
  return 0;

  async function run(what: string, args: string[]): Promise<void> {
    process.stdout.write(`\n== ${what}\n`);
    const began = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: PROJECT,
      stdio: "inherit",
      env: { ...process.env, LONG: String(factor) },
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    if (code !== 0) throw new Trouble(`${what}: failed`);
    process.stdout.write(`${what}: passed in ${Math.round((performance.now() - began) / 1_000)} s\n`);
  }
});

function readCount(name: string, usual: number): number {
  const text = process.env[name] ?? String(usual);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Trouble(`${name} must be a number from 1 to 9999`);
  return Number(text);
}
