import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Trouble } from "../trouble.ts";
import { commandOf, groupMembers, stopGroup } from "./process-group.ts";

/** What a start notes so that the next one can clean up after it if it is killed. */
type StartRecord = { pid: number; groups: number[] };

function recordPath(stateDir: string): string {
  return join(stateDir, "start.pid");
}

/**
 * Refuses when another start lives in this folder; ends what a killed one left running. True when it ended something.
 */
export async function reclaimLeftovers(stateDir: string, project: string): Promise<boolean> {
  const record = readRecord(stateDir);
  if (record === null) return false;
  if (record.pid !== process.pid && commandOf(record.pid)?.includes("scripts/start.ts")) {
    throw new Trouble(
      `another npm start (process ${record.pid}) is using ${stateDir}: stop it, or set STATE_DIR to another folder`,
    );
  }
  let reclaimed = false;
  for (const group of record.groups) {
    if (!isOurs(group, project)) continue;
    await stopGroup(group, 3000);
    reclaimed = true;
  }
  forgetProcesses(stateDir);
  return reclaimed;
}

export function rememberProcesses(stateDir: string, groups: number[]): void {
  const record: StartRecord = { pid: process.pid, groups };
  writeFileSync(recordPath(stateDir), `${JSON.stringify(record)}\n`);
}

export function forgetProcesses(stateDir: string): void {
  rmSync(recordPath(stateDir), { force: true });
}

/** The number may belong to another process group by now: only one that runs this project's tools is ours. */
function isOurs(group: number, project: string): boolean {
  const host = join(project, "scripts", "host.ts");
  const tools = [join(project, "node_modules"), realpathSync(join(project, "node_modules"))];
  return groupMembers(group).some(
    (member) =>
      member.command.includes(host) ||
      (/wrangler|workerd|esbuild/.test(member.command) && tools.some((folder) => member.command.includes(folder))),
  );
}

function readRecord(stateDir: string): StartRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordPath(stateDir), "utf8")) as Partial<StartRecord>;
    const groups = Array.isArray(record.groups)
      ? record.groups.filter((group) => Number.isInteger(group) && group > 1)
      : [];
    return typeof record.pid === "number" ? { pid: record.pid, groups } : null;
  } catch {
    // Absent, or cut short by the kill: it is of no use.
    return null;
  }
}
