import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Trouble } from "../trouble.ts";

/** Makes the folder if need be and proves that it can be written to. */
export function prepareStateFolder(stateDir: string): void {
  try {
    makeFolder(stateDir);
    if (!statSync(stateDir).isDirectory()) throw new Trouble(`STATE_DIR ${stateDir} is not a folder`);
    // Asking for the rights is not enough: a read-only disk or a full one says no only when written to.
    const probe = join(stateDir, `.probe-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === "EEXIST" || code === "ENOTDIR" ? "something that is not a folder is in its place" : (code ?? message);
    throw new Trouble(
      `STATE_DIR ${stateDir} cannot be used (${reason}): repair it, or set STATE_DIR to another folder`,
    );
  }
}

/** What only a running Worker needs. */
export function clearTemporary(stateDir: string): void {
  for (const name of ["tmp", "wrangler-debug"]) rmSync(join(stateDir, name), { recursive: true, force: true });
}

/** Folder by folder: `recursive` never returns where the system says that nothing can be made, as under /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}

/** A JSON object of the folder, or null when there is none. Anything else in its place is trouble. */
export function readJsonFile(stateDir: string, name: string): { [key: string]: unknown } | null {
  const path = join(stateDir, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Trouble(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}): repair it, or delete ${stateDir} to begin anew`,
    );
  }
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Trouble(`${path} is damaged (not a JSON object): restore it, or delete ${stateDir} to begin anew`);
  }
  return value as { [key: string]: unknown };
}

/** Replaces the file in one step, readable by its owner only: it holds a key. */
export function writeJsonFile(stateDir: string, name: string, value: object): void {
  writePrivateFile(join(stateDir, name), `${JSON.stringify(value, null, 2)}\n`);
}

export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  // The mode above is only for a file that is new.
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
