import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Served } from "./worker-options.ts";

// What is served is kept on disk, so that a host that takes over from a killed one need not build it first.

/** Only its owner may read it: the bindings include the deployment's secrets. */
export function keepServed(stateDir: string, served: Served): void {
  const path = pathIn(stateDir);
  try {
    writeFileSync(`${path}.new`, serialize(served), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // A binding that cannot be written down: the next host builds what it serves.
    rmSync(path, { force: true });
  }
}

/** Undefined where there is none that can be read. */
export function readServed(stateDir: string): Served | undefined {
  try {
    return deserialize(readFileSync(pathIn(stateDir))) as Served;
  } catch {
    return undefined;
  }
}

function pathIn(stateDir: string): string {
  return join(stateDir, "served-worker");
}
