import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";

const MAX_BYTES = 10_000_000;
const KEPT_LINES = 40;

/** A log on disk that never outgrows two files of 10 MB, with its last lines at hand. */
export class LogFile {
  readonly path: string;
  #file: number;
  #size: number;
  #last: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, "a");
    this.#size = statSync(path).size;
  }

  writeLine(line: string): void {
    this.#last.push(line);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    if (this.#size > MAX_BYTES) this.#turn();
    this.#size += writeSync(this.#file, `${line}\n`);
  }

  lastLines(count: number): string[] {
    return this.#last.filter((line) => line.trim() !== "").slice(-count);
  }

  #turn(): void {
    closeSync(this.#file);
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
    this.#file = openSync(this.path, "a");
    this.#size = 0;
  }
}
