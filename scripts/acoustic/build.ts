// Writes src/analysis/acoustic/*.wasm, or with `--check` compares them: the same sources and compiler give the same bytes.
// Needs Debian's clang-19 and lld-19.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript, Trouble } from "../trouble.ts";

const NAMES = ["filters", "spectrum", "voice"];
const PRODUCTS = join(import.meta.dirname, "../../src/analysis/acoustic");

await runScript(async () => {
  const work = mkdtempSync(join(tmpdir(), "trunkline-acoustic-"));
  try {
    for (const name of NAMES) {
      const product = join(PRODUCTS, `${name}.wasm`);
      const built = build(name, work);
      if (!process.argv.includes("--check")) writeFileSync(product, built);
      else if (!built.equals(readFileSync(product))) throw new Trouble(`the build differs from ${name}.wasm`);
      process.stdout.write(`${name}.wasm: ${built.length} bytes\n`);
    }
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

// Compiled and linked apart: a driver that links with -O runs whatever wasm-opt is on the PATH.
function build(name: string, work: string): Buffer {
  const object = join(work, `${name}.o`);
  const product = join(work, `${name}.wasm`);
  const target = ["--target=wasm32", "-O3", "-msimd128", "-ffreestanding", "-ffp-contract=off"];
  run("clang-19", [...target, "-c", `${name}.c`, "-o", object]);
  const link = [
    "--no-entry",
    "--strip-all",
    "--gc-sections",
    "-z",
    "stack-size=4096",
    "--stack-first",
    "--max-memory=16777216",
  ];
  run("wasm-ld-19", [object, ...link, "-o", product]);
  return readFileSync(product);
}

function run(command: string, args: string[]): void {
  const done = spawnSync(command, args, { cwd: import.meta.dirname, stdio: ["ignore", "ignore", "inherit"] });
  if (done.status !== 0) throw new Trouble(`${command} failed`);
}
