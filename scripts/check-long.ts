import { spawn } from "node:child_process";
import { join } from "node:path";
import { runScript, Trouble } from "./trouble.ts";
import { PROJECT } from "./wrangler.ts";

// What takes too long for CI: property and model tests with many more runs, the end-to-end tests that kill processes,
// repeated, the hostile harnesses at length, and pages in every way they are looked at. The first failure ends it and
// prints how to go on (docs/operate/releases.md).

type Part = { name: string; what: string; times: number; args: string[]; factor?: number };

const PROPERTIES = {
  "call-facts": "test/core/calls/properties.test.ts",
  calls: "test/worker/call-properties.test.ts",
  endpoint: "test/worker/endpoint-model.test.ts",
  requests: "test/worker/api/hostile-requests.test.ts",
  operators: "test/worker/operators-model.test.ts",
};
const KILLED = ["crash", "order", "earlier-state", "restore"];
const HARNESSES = ["tenants", "addresses", "garbage", "races", "starvation", "soak", "crash"];

await runScript(async () => {
  const factor = readCount("LONG", 10);
  const parts = partsOf(factor, readCount("ROUNDS", 5));
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Trouble(`no part ${unknown.join(", ")}; there are ${parts.map(({ name }) => name).join(", ")}`);
  const chosen = parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  for (const [index, part] of chosen.entries()) {
    const left = chosen.slice(index).map(({ name }) => name);
    process.stdout.write(`\n== ${part.name}: ${part.what}\n`);
    const began = performance.now();
    for (let time = 1; time <= part.times; time += 1) {
      if (part.times > 1) process.stdout.write(`round ${time} of ${part.times}\n`);
      if ((await run(part.args, part.factor ?? factor)) !== 0)
        throw new Trouble(`${part.name}: failed; to go on from here: npm run check:long -- ${left.join(" ")}`);
    }
    process.stdout.write(`${part.name}: passed in ${Math.round((performance.now() - began) / 1_000)} s\n`);
  }
  return 0;
});

function partsOf(factor: number, rounds: number): Part[] {
  const vitest = [join("node_modules", "vitest", "vitest.mjs"), "run", "--config", "test/vitest.config.ts"];
  const properties = Object.entries(PROPERTIES).map(([name, file]) => ({
    name: `properties-${name}`,
    what: `${factor} times the usual runs`,
    times: 1,
    args: [...vitest, "--testTimeout", "3600000", file],
  }));
  const killed = KILLED.map((name) => ({
    name: `killed-${name}`,
    what: "killed in the middle",
    times: rounds,
    args: ["--test", "--test-concurrency=1", "--test-timeout=600000", `test/e2e/${name}.test.ts`],
  }));
  const formats: Part[] = [
    {
      name: "mutated-recordings",
      what: "6,000 mutated recordings of all formats, at the usual factor",
      times: 1,
      args: [...vitest, "--testTimeout", "3600000", "test/core/analysis/formats.test.ts"],
      factor: factor * 10,
    },
    {
      name: "ffmpeg-module",
      what: "FFmpeg built from Debian's source again gives the committed bytes",
      times: 1,
      args: [join("scripts", "ffmpeg", "build.ts"), "--check"],
    },
    {
      name: "filters-module",
      what: "the filters of the rate changes compiled again give the committed bytes",
      times: 1,
      args: [join("scripts", "acoustic", "build.ts"), "--check"],
    },
  ];
  const hostile = HARNESSES.map((name) => ({
    name: `hostile-${name}`,
    what: "the harness at length",
    times: 1,
    args: [join("test", "hostile", "run.ts"), "--long", name],
  }));
  const pages = {
    name: "pages",
    what: "every page in every way it is looked at",
    times: 1,
    args: ["--test", "--test-concurrency=1", "--test-timeout=1800000", "test/pages/work.test.ts"],
  };
  return [...properties, ...formats, ...killed, ...hostile, pages];
}

function run(args: string[], factor: number): Promise<number | null> {
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    stdio: "inherit",
    env: { ...process.env, LONG: String(factor) },
  });
  return new Promise((resolve) => child.once("close", resolve));
}

function readCount(name: string, usual: number): number {
  const text = process.env[name] ?? String(usual);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Trouble(`${name} must be a number from 1 to 9999`);
  return Number(text);
}
