import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export type Member = { pid: number; command: string };

/** The living processes of a group, with their command lines. Empty where the system has no process groups. */
export function groupMembers(group: number): Member[] {
  if (process.platform === "linux") return membersInProc(group);
  if (process.platform === "win32") return [];
  const listing = spawnSync("ps", ["-axo", "pid=,pgid=,state=,command="], { encoding: "utf8" }).stdout ?? "";
  return listing.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    return match && Number(match[2]) === group && !match[3]?.startsWith("Z")
      ? [{ pid: Number(match[1]), command: match[4] ?? "" }]
      : [];
  });
}

/** The command line of a process, or null when it is not alive (or not ours to see). */
export function commandOf(pid: number): string | null {
  if (process.platform === "linux") return readProcess(pid)?.command ?? null;
  if (process.platform === "win32") return null;
  const found = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : null;
}

export function signalGroup(group: number, signal: "SIGTERM" | "SIGKILL"): void {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(group), "/T", "/F"]);
    return;
  }
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Asks the group to end, waits `grace` ms, then ends it. Resolves when none of it is left. */
export async function stopGroup(group: number, grace: number): Promise<void> {
  signalGroup(group, "SIGTERM");
  if (await isGone(group, grace)) return;
  signalGroup(group, "SIGKILL");
  await isGone(group, 3000);
}

async function isGone(group: number, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (groupMembers(group).length > 0) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

function membersInProc(group: number): Member[] {
  const members: Member[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const found = readProcess(Number(name));
    if (found && found.group === group) members.push({ pid: found.pid, command: found.command });
  }
  return members;
}

function readProcess(pid: number): (Member & { group: number }) | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "pid (name) state ppid pgrp …": the name may hold anything, so read from the last parenthesis on.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid, group: Number(fields[2]), command };
  } catch {
    return null;
  }
}
