import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

// Servers of others, run as processes of the test on a port of their own.

export type Started = {
  /** Ends every connection, and starts to listen again. */
  restart(): Promise<void>;
  stop(): void;
};

/** Starts a program that listens at this port. */
export async function startProgram(port: number, [program = "", ...given]: readonly string[]): Promise<Started> {
  let running: ChildProcess | undefined;
  async function start(): Promise<void> {
    running = spawn(program, given, { stdio: "ignore", detached: true });
    for (let tries = 0; tries < 100; tries += 1) {
      if (await listens(port)) return;
      await sleep(100);
    }
    throw new Error(`${program} did not start within ten seconds`);
  }
  function stop(): void {
    // With its children, which hold the connections.
    if (running?.pid !== undefined)
      try {
        process.kill(-running.pid, "SIGKILL");
      } catch {
        // It is over already.
      }
  }
  async function restart(): Promise<void> {
    stop();
    for (let tries = 0; tries < 100 && (await listens(port)); tries += 1) await sleep(50);
    await start();
  }
  await start();
  return { restart, stop };
}

export function needs(program: string, of: string): void {
  if (!existsSync(program)) throw new Error(`needs Debian's ${of}`);
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/**
 * Where ports are looked for: above those that `fetch` refuses to ask, below the two of `test/fixtures/state` and those that
 * Linux, macOS and Windows give to whoever names none. What listens at 0 beside a test, or connects, can then not be given
 * the port of a server that is still to start, or that is down for a moment.
 */
const PORTS = { first: 11_000, last: 26_999 };

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
