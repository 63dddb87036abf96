// Writes src/analysis/acoustic/filters.wasm, or with `--check` compares it: the same source and compiler give the same
// bytes. Needs Debian's clang-19 and lld-19.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript, Trouble } from "../trouble.ts";

const SOURCE = "filters.c";
const PRODUCT = join(import.meta.dirname, "../../src/analysis/acoustic/filters.wasm");

await runScript(async () => {
  const work = mkdtempSync(join(tmpdir(), "trunkline-filters-"));
  try {
    const built = build(work);
    if (!process.argv.includes("--check")) {
      writeFileSync(PRODUCT, built);
      process.stdout.write(`${PRODUCT}: ${built.length} bytes\n`);
    } else if (!built.equals(readFileSync(PRODUCT))) {
      throw new Trouble("the build differs from src/analysis/acoustic/filters.wasm");
    } else {
      process.stdout.write("the build gives the committed bytes\n");
    }
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

// Compiled and linked apart: a driver that links with -O runs whatever wasm-opt is on the PATH.
function build(work: string): Buffer {
  const object = join(work, "filters.o");
  const product = join(work, "filters.wasm");
  const target = ["--target=wasm32", "-O3", "-msimd128", "-ffreestanding", "-ffp-contract=off"];
  run("clang-19", [...target, "-c", SOURCE, "-o", object]);
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
