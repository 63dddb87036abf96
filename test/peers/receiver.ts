import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MadeRequest } from "./profiles.ts";
import { freePort } from "./started.ts";

export const RECEIVERS = join(import.meta.dirname, "receivers");
const PATIENCE = 30_000;

/** The Python that has Flask, FastAPI and uvicorn: Debian's, unless $PYTHON names another. */
export const PYTHON = process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

/** A running sample receiver. */
export type Receiver = { post(path: string, request: MadeRequest): Promise<number>; stop(): Promise<void> };

/** Starts a receiver on a free port and waits until it listens. */
export async function startReceiver(
  command: (port: number) => [string, ...string[]],
  env: Record<string, string> = {},
): Promise<Receiver> {
  const port = await freePort();
  const [program, ...args] = command(port);
  const child = spawn(program, args, {
    env: { ...process.env, ...env, PORT: String(port), PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await untilListening(port, child, () => output);
  return {
    post: async (path, request) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
      await response.arrayBuffer();
      return response.status;
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

async function untilListening(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`the receiver did not start:\n${output()}`);
    if (Date.now() > deadline) {
      child.kill();
      throw new Error(`the receiver does not listen:\n${output()}`);
    }
    await sleep(100);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
