import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Connection } from "../../scripts/demo/connect.ts";
import { groupMembers, signalGroup } from "../../scripts/start/process-group.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { freePort } from "../peers/started.ts";

/** Longer than `npm start` itself waits, so that what it reports is seen. */
const START_PATIENCE = 240_000;

/** A place to run `npm start` in, and what to clean away after it. `behind`: a command that starts it in surroundings of its own. */
export type Place = {
  port: number;
  stateDir: string;
  env?: { [name: string]: string };
  behind?: readonly string[];
};

/** A running `npm start`, as a person at a terminal has it. */
export type Running = {
  process: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
  connection: Connection;
};

/** The name of the variable in which `run.ts` tells of a state folder that a first start got as far as its empty databases. */
export const MIGRATED_STATE = "MIGRATED_STATE";

/**
 * A free port and a folder of its own. The start there finds its databases empty and migrated, as one does that was stopped
 * before it was up, where the run of all files has made such a folder once; with `isNew` it finds nothing.
 */
export async function newPlace({ isNew = false } = {}): Promise<Place> {
  const stateDir = mkdtempSync(join(tmpdir(), "trunkline-e2e-"));
  const migrated = process.env[MIGRATED_STATE];
  if (migrated !== undefined && !isNew) cpSync(migrated, stateDir, { recursive: true });
  return { port: await freePort(), stateDir };
}

/** The real thing, in a process group of its own; resolves when it says that it is up. */
export function npmStart(place: Place): Promise<Running> {
  return bringUp(launch("npm", ["start"], place), place);
}

/** The same without npm in between, whose exit code is its own affair. */
export function nodeStart(place: Place, project = PROJECT): Promise<Running> {
  const own = [process.execPath, "scripts/start.ts"] as const;
  const [command, ...args] = place.behind ? [...place.behind, ...own] : own;
  return bringUp(launch(command ?? own[0], args, place, project), place);
}

async function bringUp({ process, output, exited }: ReturnType<typeof launch>, place: Place): Promise<Running> {
  const deadline = Date.now() + START_PATIENCE;
  let ended = false;
  void exited.then(() => (ended = true));
  while (!output().includes("Ctrl-C stops everything")) {
    if (ended || Date.now() > deadline) throw new Error(`npm start did not come up:\n${output()}`);
    await sleep(50);
  }
  return { process, output, exited, connection: await connect(place.stateDir) };
}

/** Runs an npm script to its end. */
export async function npmRun(
  script: string[],
  place: { port: number | string; stateDir: string },
): Promise<{ code: number | null; output: string }> {
  const { output, exited } = launch("npm", script, place);
  const code = await exited;
  return { code, output: output() };
}

/** As a power cut would: nothing of it lives on. */
export async function killEverything(running: Running, place: Place): Promise<void> {
  const groups = recordedGroups(place);
  killStartOnly(running);
  for (const group of groups) signalGroup(group, "SIGKILL");
  await running.exited;
  await waitUntilGone(groups);
}

/** As `kill -9` on npm would: the dev server it started lives on. */
export function killStartOnly(running: Running): void {
  if (running.process.pid !== undefined) signalGroup(running.process.pid, "SIGKILL");
}

/** What Ctrl-C in a terminal does: signals every process of the foreground group. Resolves with the exit code. */
export async function pressCtrlC(running: Running): Promise<number | null> {
  if (running.process.pid !== undefined) process.kill(-running.process.pid, "SIGINT");
  return running.exited;
}

/** Whatever a test did, nothing stays behind. */
export async function cleanUp(place: Place, running: Running | undefined): Promise<void> {
  const groups = recordedGroups(place);
  if (running) killStartOnly(running);
  for (const group of groups) signalGroup(group, "SIGKILL");
  await waitUntilGone(groups);
  rmSync(place.stateDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** The process groups that start.pid names, if a start is or was running here. */
export function recordedGroups(place: Place): number[] {
  try {
    return (JSON.parse(readFileSync(join(place.stateDir, "start.pid"), "utf8")) as { groups: number[] }).groups;
  } catch {
    return [];
  }
}

export async function waitUntilGone(groups: readonly number[]): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (groups.some((group) => groupMembers(group).length > 0)) {
    if (Date.now() > deadline)
      throw new Error(`still running: ${JSON.stringify(groups.map((group) => groupMembers(group)))}`);
    await sleep(50);
  }
}

/** Asks again and again until the answer satisfies. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  patience: number,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${patience / 1000} s; last: ${JSON.stringify(answer)}`);
    await sleep(150);
  }
}

/** Waits until a search finds calls by this text: the index takes them in some seconds after they arrived. */
export async function untilSearchFinds({ connection }: Running, text: string, patience = 60_000): Promise<void> {
  const question = `${connection.url}/v1/search?q=${encodeURIComponent(text)}`;
  await eventually(
    `a search for ${text}`,
    async () => {
      const answer = await fetch(question, { headers: { "x-api-key": connection.apiKey } });
      return (await answer.json()) as { data?: unknown[] };
    },
    ({ data = [] }) => data.length > 0,
    patience,
  );
}

function launch(
  command: string,
  args: string[],
  place: { port: number | string; stateDir: string; env?: { [name: string]: string } },
  project = PROJECT,
) {
  const child = spawn(command, args, {
    cwd: project,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: String(place.port), STATE_DIR: place.stateDir, ...place.env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { process: child as ChildProcess, output: () => text, exited };
}
