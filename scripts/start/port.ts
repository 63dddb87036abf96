import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { Trouble } from "../trouble.ts";

/** Fails with one line, naming the holder where it can be found, when the port cannot be listened on. */
export async function checkPort(port: number): Promise<void> {
  // `localhost` may mean either address: another's server on the second one would get what is meant for ours.
  const other = await tryListening(port, "::1");
  const problem = (await tryListening(port)) ?? (other === "EADDRINUSE" ? other : null);
  if (problem === null) return;
  if (problem === "EACCES")
    throw new Trouble(`port ${port} needs more rights than this user has: choose another with PORT=…`);
  const holder = findHolder(port);
  throw new Trouble(
    `port ${port} is busy${holder === null ? "" : ` (held by process ${holder})`}: stop what uses it, or choose another with PORT=…`,
  );
}

/** Null when the port is free, else the error code. */
export function tryListening(port: number, host = "127.0.0.1"): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "UNKNOWN"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The process that listens on the port, if the system shows it. */
function findHolder(port: number): number | null {
  if (process.platform === "linux") return findHolderInProc(port);
  const found = spawnSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"], { encoding: "utf8" });
  const pid = Number.parseInt(found.stdout ?? "", 10);
  return Number.isInteger(pid) ? pid : null;
}

function findHolderInProc(port: number): number | null {
  const sockets = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readOrEmpty(table).split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      // 0A is LISTEN; the tenth field is the socket's inode.
      if (fields[1]?.endsWith(`:${wanted}`) && fields[3] === "0A" && fields[9]) sockets.add(`socket:[${fields[9]}]`);
    }
  }
  if (sockets.size === 0) return null;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const open = readdirSync(`/proc/${pid}/fd`);
      if (open.some((fd) => sockets.has(linkOrEmpty(`/proc/${pid}/fd/${fd}`)))) return Number(pid);
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  return null;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
