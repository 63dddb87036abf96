// Writes src/analysis/decode/ffmpeg/ffmpeg.wasm, or with `--check` compares it: the same source and tools give the same
// bytes (docs/extend/audio-formats.md). On Debian 12, as root for the packages; takes about a minute and a half.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript, Trouble } from "../trouble.ts";
import { configureArguments } from "./components.ts";

const SOURCE = "ffmpeg=7:5.1.9-0+deb12u1";
const LLVM = "19";
const PACKAGES = [`clang-${LLVM}`, `lld-${LLVM}`, `llvm-${LLVM}`, "wasi-libc", `libclang-rt-${LLVM}-dev-wasm32`];
const TOOLS = [...PACKAGES, "dpkg-dev", "make"];
const LIBRARIES = ["libavformat", "libavcodec", "libswresample", "libavutil"];
const OWN = ["decoder", "simd", "wasi"];
/** Functions of FFmpeg that those of simd.c stand around. */
const WRAPPED = ["ff_fft_init", "ff_mdct15_init", "ff_opus_dsp_init", "avpriv_float_dsp_alloc"];
const PRODUCT = join(import.meta.dirname, "../../src/analysis/decode/ffmpeg/ffmpeg.wasm");

await runScript(async () => {
  const check = process.argv.includes("--check");
  const work = mkdtempSync(join(tmpdir(), "trunkline-ffmpeg-"));
  try {
    installTools();
    takeSource(work);
    const built = build(work);
    if (!check) {
      writeFileSync(PRODUCT, built);
      process.stdout.write(`${PRODUCT}: ${built.length} bytes\n`);
    } else if (!built.equals(readFileSync(PRODUCT))) {
      throw new Trouble("the build differs from src/analysis/decode/ffmpeg/ffmpeg.wasm");
    } else {
      process.stdout.write("the build gives the committed bytes\n");
    }
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

function installTools(): void {
  const installed = spawnSync("dpkg", ["-s", ...TOOLS], { stdio: "ignore" }).status === 0;
  if (installed) return;
  run("apt-get", ["update", "-qq"], {});
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...TOOLS], {});
}

// The machine's own package sources, asked for source packages, with lists of their own: nothing of the machine changes.
function takeSource(work: string): void {
  const parts = join(work, "sources");
  mkdirSync(parts);
  mkdirSync(join(work, "lists/partial"), { recursive: true });
  for (const { file, text } of packageSources()) writeFileSync(join(parts, file), text);
  const settings = [
    "Dir::Etc::sourcelist=/dev/null",
    `Dir::Etc::sourceparts=${parts}`,
    `Dir::State::lists=${join(work, "lists")}`,
    "APT::Sandbox::User=root",
  ];
  const options = settings.flatMap((setting) => ["-o", setting]);
  run("apt-get", [...options, "update", "-qq"], {});
  run("apt-get", [...options, "source", "-qq", "--download-only", SOURCE], { cwd: work });
  const description = readdirSync(work).find((name) => name.endsWith(".dsc"));
  if (description === undefined) throw new Trouble(`no source package ${SOURCE}`);
  // Applies Debian's patches too.
  run("dpkg-source", ["--no-check", "-x", description, "ffmpeg"], { cwd: work });
}

function packageSources(): { file: string; text: string }[] {
  const folder = "/etc/apt/sources.list.d";
  const found = readdirSync(folder)
    .filter((file) => /\.(sources|list)$/.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
  const text = readFileOrNothing("/etc/apt/sources.list");
  return [...found, { file: "main.list", text }].map((source) => ({
    ...source,
    text: source.text.replace(/^Types:\s*deb$/gm, "Types: deb-src").replace(/^deb /gm, "deb-src "),
  }));
}

function readFileOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

// Names in the product are relative, so that the place of the build is not in its bytes.
function build(work: string): Buffer {
  for (const file of ["compat.h", ...OWN.map((name) => `${name}.c`)])
    copyFileSync(join(import.meta.dirname, file), join(work, file));
  const cwd = join(work, "build");
  mkdirSync(cwd);
  const clang = `clang-${LLVM}`;
  run("../ffmpeg/configure", configureArguments(clang, LLVM), { cwd });
  const archives = LIBRARIES.map((name) => `${name}/${name}.a`);
  run("make", ["-s", "-j2", ...archives], { cwd });
  const target = ["--target=wasm32-wasi", "-O3", "-msimd128", "-w", "-I../ffmpeg", "-I.", "-include", "../compat.h"];
  for (const name of OWN) run(clang, [...target, "-c", `../${name}.c`, "-o", `${name}.o`], { cwd });
  // No -O when linking: with one, the driver runs whatever wasm-opt is on the PATH.
  const wrapped = WRAPPED.map((name) => `,--wrap=${name}`).join("");
  const link = `-Wl,--gc-sections,-O3,--strip-debug,-z,stack-size=1048576,--stack-first,--max-memory=67108864${wrapped}`;
  const objects = [...OWN.map((name) => `${name}.o`), ...archives];
  const system = ["-lwasi-emulated-process-clocks", "-lwasi-emulated-signal", "-lm"];
  const output = ["-o", "ffmpeg.wasm"];
  run(clang, ["--target=wasm32-wasi", "-mexec-model=reactor", ...objects, ...system, link, ...output], { cwd });
  return readFileSync(join(cwd, "ffmpeg.wasm"));
}

function run(command: string, args: string[], { cwd }: { cwd?: string }): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C", SOURCE_DATE_EPOCH: "0" };
  const done = spawnSync(command, args, { env, stdio: ["ignore", "ignore", "inherit"], ...(cwd ? { cwd } : {}) });
  if (done.status !== 0) throw new Trouble(`${command} ${args[0] ?? ""} failed`);
}
