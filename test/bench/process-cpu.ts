import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

// Linux only: elsewhere the figures that need these are NaN, which the report shows as "-".

const TICKS_PER_SECOND = 100;
/** CPU milliseconds that are used by a process that waits. */
const NEXT_TO_NOTHING = 0.5;

/** Processor seconds, user and system, that a process has used so far. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND : Number.NaN;
}

/**
 * The same to the nanosecond, of the threads that the process has now: what one request took, where the process has
 * threads that stay.
 */
function cpuMilliseconds(pid: number): number {
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return Number.NaN;
  }
  return (
    threads.reduce(
      (sum, id) => sum + Number(/^\d+/.exec(readOrEmpty(`/proc/${pid}/task/${id}/schedstat`))?.[0] ?? 0),
      0,
    ) / 1e6
  );
}

/**
 * CPU milliseconds of a process for each of several requests, one after another. A request counts until the next is asked; one
 * that is `settled` counts to its answer, and what follows it is waited for in between: so many milliseconds, and again while
 * the process works in them.
 */
export async function cpuOfEach(
  pid: number,
  asks: readonly (() => Promise<unknown>)[],
  { settled = 0 } = {},
): Promise<number[]> {
  const spent: number[] = [];
  let before = cpuMilliseconds(pid);
  for (const ask of asks) {
    await ask();
    const after = cpuMilliseconds(pid);
    spent.push(after - before);
    before = settled > 0 ? await whenSettled(pid, settled) : after;
  }
  return spent;
}

/** What the process has used once it did next to nothing for so many milliseconds (or, at the latest, after a hundred times these). */
async function whenSettled(pid: number, milliseconds: number): Promise<number> {
  let used = cpuMilliseconds(pid);
  for (let tries = 0; tries < 100; tries += 1) {
    const before = used;
    await sleep(milliseconds);
    used = cpuMilliseconds(pid);
    // Not known where it is not a number.
    if (!(used - before >= NEXT_TO_NOTHING)) break;
  }
  return used;
}

/** Resident memory of a process now, in bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`));
  return match ? Number(match[1]) * 1024 : Number.NaN;
}

/** The children of this very process whose command line names `program`. */
export function childrenNamed(program: string): number[] {
  let names: string[] = [];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.map(Number).filter((pid) => {
    // The second field after the name is the parent.
    if (Number(statOf(pid)?.[1]) !== process.pid) return false;
    return readOrEmpty(`/proc/${pid}/cmdline`).split("\0")[0]?.includes(program) ?? false;
  });
}

/** Waits until the process has nothing left to do (or, at the latest, half a minute). */
export async function quiet(pid: number): Promise<void> {
  let calm = 0;
  for (let tries = 0; tries < 150 && calm < 3; tries += 1) {
    const before = cpuSeconds(pid);
    await sleep(200);
    const used = cpuSeconds(pid) - before;
    calm = used <= 0.02 || Number.isNaN(used) ? calm + 1 : 0;
  }
}

// "pid (name) state ppid …": the name may hold anything, so count from the last parenthesis on.
function statOf(pid: number): string[] | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat === "" ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
