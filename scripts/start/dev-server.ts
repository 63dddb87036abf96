import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Trouble } from "../trouble.ts";
import { spawnWrangler } from "../wrangler.ts";
import { LogFile } from "./log-file.ts";
import type { StartSettings } from "./settings.ts";

const PATIENCE = 90_000;

export type DevServer = {
  /** The process group of everything it runs. */
  group: number;
  log: LogFile;
  /** Resolves, with the exit code, when it ends by itself or is ended. */
  ended: Promise<number | null>;
};

/** Starts the Worker under `wrangler dev`, in a process group of its own so that all of it can be stopped. */
export function startDevServer(settings: StartSettings, secretsPath: string, show: (line: string) => void): DevServer {
  const { port, stateDir, url } = settings;
  const log = new LogFile(`${stateDir}/wrangler.log`);
  const debugLogs = `${stateDir}/wrangler-debug`;
  rmSync(debugLogs, { recursive: true, force: true });
  const flags = {
    ip: "127.0.0.1",
    port: String(port),
    "inspector-port": "0",
    "persist-to": `${stateDir}/state`,
    "env-file": secretsPath,
    "show-interactive-dev-session": "false",
  };
  const variables = { PUBLIC_URL: url, ALLOW_PRIVATE_ADDRESSES: "true", INBOX: "table" };
  const child = spawnWrangler(
    [
      "dev",
      ...renderFlags(flags),
      ...Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    ],
    {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        // Placeholder instead of a question to the internet on each start.
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        // Other projects' dev servers are no business of this one, nor this one of theirs.
        WRANGLER_REGISTRY_PATH: `${stateDir}/registry`,
        WRANGLER_LOG_PATH: debugLogs,
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      log.writeLine(line);
      if (isWorthShowing(line)) show(shorten(line));
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code) => resolve(code));
  });
  if (child.pid === undefined) throw new Trouble("wrangler dev could not be started");
  return { group: child.pid, log, ended };
}

function renderFlags(flags: { [name: string]: string }): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** Waits until the Worker answers, or says why it does not. */
export async function waitUntilHealthy(server: DevServer, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  let answer = "no answer";
  let dead = false;
  void server.ended.then(() => (dead = true));
  while (Date.now() < deadline && !signal.aborted) {
    if (dead) throw new Trouble(describeDeath(server));
    answer = await askHealth(url);
    if (answer === "200") return;
    await sleep(100);
  }
  if (signal.aborted) return;
  throw new Trouble(
    `the Worker is not healthy after ${PATIENCE / 1000} s (${url}/health: ${answer}); last of ${server.log.path}:\n${quoteLog(server)}`,
  );
}

export function describeDeath(server: DevServer): string {
  return `wrangler dev ended; last of ${server.log.path}:\n${quoteLog(server)}`;
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
  if (/Scheduled Workers are not automatically triggered/.test(line)) return false;
  return /\b(ERROR|WARNING|Uncaught)\b|:(warn|error)\]|✘/.test(line);
}

function shorten(line: string): string {
  const text = line.trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
