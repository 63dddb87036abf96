import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
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

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
