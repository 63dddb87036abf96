import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { TAKE_OVER, type HostMessage, type HostSettings } from "../host/settings.ts";
import { Trouble } from "../trouble.ts";
import { PROJECT, quietEnvironment } from "../wrangler.ts";
import type { LogFile } from "./log-file.ts";
import { stopGroup } from "./process-group.ts";
import type { Runtimes } from "./schedule.ts";
import type { StartSettings } from "./settings.ts";

const PATIENCE = 180_000;

/** Time the host gets to leave by itself. */
const GRACE = 5000;

export const HOST = join(PROJECT, "scripts", "host.ts");

export type DevServer = {
  /** The process group of everything it runs. */
  group: number;
  log: LogFile;
  runtimes: Runtimes;
  /** Resolves, with the exit code, when it ends by itself or is ended. */
  ended: Promise<number | null>;
  hasEnded(): boolean;
  /** To one that waits: it is its turn. */
  takeOver(): void;
  stop(): Promise<void>;
};

/** Starts the Worker in a process group of its own, so that all of it can be stopped (docs/understand/adr/0029). */
export function startDevServer(
  settings: StartSettings,
  secretsPath: string,
  log: LogFile,
  { begin, show }: { begin: HostSettings["begin"]; show: (line: string) => void },
): DevServer {
  const child = forkHost(settings, secretsPath, begin);
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      log.writeLine(line);
      if (isWorthShowing(line)) show(shorten(line));
    });
  }
  let serving = 0;
  let next = Promise.withResolvers<void>();
  child.on("message", (message: HostMessage) => {
    if (message !== "serving") return;
    serving += 1;
    next.resolve();
    next = Promise.withResolvers<void>();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code));
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  const group = child.pid;
  if (group === undefined) throw new Trouble("the Worker's process could not be started");
  const runtimes = { count: () => serving, next: () => next.promise };
  const takeOver = () => void (child.connected && child.send(TAKE_OVER, () => undefined));
  return { group, log, runtimes, ended, hasEnded: () => isOver, takeOver, stop: () => stop(child, group, ended) };
}

function forkHost(
  { port, stateDir, publicUrl, transcribeUrl, traces }: StartSettings,
  secretsPath: string,
  begin: HostSettings["begin"],
): ChildProcess {
  const settings: HostSettings = {
    port,
    stateDir,
    secretsPath,
    variables: {
      PUBLIC_URL: publicUrl,
      ALLOW_PRIVATE_ADDRESSES: "true",
      INBOX: "table",
      TRANSCRIBE_URL: transcribeUrl,
    },
    traces,
    begin,
  };
  return fork(HOST, [JSON.stringify(settings)], {
    cwd: PROJECT,
    detached: true,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...quietEnvironment(),
      // Other projects' dev servers do not concern this one, nor this one theirs.
      WRANGLER_REGISTRY_PATH: join(stateDir, "registry"),
      WRANGLER_LOG_PATH: join(stateDir, "wrangler-debug"),
    },
  });
}

/** Asked through its channel: a signal would reach the runtime too, and look like a crash. */
async function stop(child: ChildProcess, group: number, ended: Promise<unknown>): Promise<void> {
  if (child.connected) child.disconnect();
  await Promise.race([ended, sleep(GRACE, undefined, { ref: false })]);
  await stopGroup(group, 0);
}

/**
 * Waits until the Worker answers; throws with the reason if it does not. False when it ended first, or was to be
 * stopped.
 */
export async function waitUntilHealthy(server: DevServer, url: string, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + PATIENCE;
  let answer = "no answer";
  while (Date.now() < deadline && !signal.aborted) {
    if (server.hasEnded()) return false;
    answer = await askHealth(url);
    if (answer === "200") return true;
    await sleep(100);
  }
  if (signal.aborted) return false;
  throw new Trouble(
    `the Worker is not healthy after ${PATIENCE / 1000} s (${url}/health: ${answer}); last of ${server.log.path}:\n${quoteLog(server)}`,
  );
}

export function describeDeath(server: DevServer): string {
  return `the Worker's process ended; last of ${server.log.path}:\n${quoteLog(server)}`;
}

function quoteLog(server: DevServer): string {
  return server.log
    .lastLines(15)
    .map((line) => `  ${line}`)
    .join("\n");
}

async function askHealth(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return String(response.status);
  } catch {
    return "no answer";
  }
}

function isWorthShowing(line: string): boolean {
  return /\b(ERROR|WARNING|Uncaught)\b|:(warn|error|err)\]|✘/.test(line);
}

function shorten(line: string): string {
  const text = line.trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
