import { execFileSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { PROJECT } from "../../scripts/wrangler.ts";

/** The type of a file system that lives in memory, on Linux. */
const TMPFS = 0x01021994;

/** Where and on what the figures were made: a figure without this says nothing. */
export function describeMachine() {
  const version = (name: string) =>
    (JSON.parse(readFileSync(`${PROJECT}/node_modules/${name}/package.json`, "utf8")) as { version: string }).version;
  return {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    storage: statfsSync(tmpdir()).type === TMPFS ? "in memory" : "on disk",
    memoryGb: Math.round(totalmem() / 1e9),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    workerd: version("workerd"),
    wrangler: version("wrangler"),
    commit: commit(),
    at: new Date().toISOString(),
  };
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", ["-C", PROJECT, ...args], { encoding: "utf8" }).trim();
    const changed = git("status", "--porcelain", "--", "src") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " with changes in src" : "");
  } catch {
    return "unknown";
  }
}
