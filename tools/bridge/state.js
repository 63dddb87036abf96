import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";

/** So many lines more than recordings are borne before the file is written anew. */
const SLACK = 1_000;

/**
 * What was done so far: until when rows were asked for, and what became of each recording. The file has one line of JSON a
 * change, the newest last, so that a folder of a hundred thousand recordings costs a line for each and not the whole file.
 * A line that a crash cut off is the last one, and is left out.
 */
export class State {
  #path;
  #lines = 0;
  #recordings = new Map();
  /** The moment up to which rows were asked for, and that of the last look all the way back; `from` null before the first. */
  from = null;
  deep = 0;

  constructor(path) {
    this.#path = path;
    if (existsSync(path)) this.#read(readFileSync(path, "utf8"));
  }

  /** Of a recording: `at`, and `done`, `place` of an upload that has begun, or `refused` with when and by which settings. */
  get(file) {
    return this.#recordings.get(file);
  }

  entries() {
    return this.#recordings.entries();
  }

  set(file, entry) {
    this.#recordings.set(file, entry);
    this.#append({ file, ...entry });
  }

  forget(file) {
    if (this.#recordings.delete(file)) this.#append({ file, forgotten: true });
  }

  /** Ends a round. */
  lookedUntil(from, deep) {
    this.from = from;
    this.deep = deep;
    this.#append({ from, deep });
  }

  #append(line) {
    if (this.#lines > 2 * this.#recordings.size + SLACK) return this.#writeAnew();
    const file = openSync(this.#path, "a", 0o600);
    try {
      writeSync(file, `${JSON.stringify(line)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#lines += 1;
  }

  /** Whole under another name first: a crash leaves the old one or the new one. */
  #writeAnew() {
    const lines = [{ from: this.from, deep: this.deep }];
    for (const [file, entry] of this.#recordings) lines.push({ file, ...entry });
    writeFileSync(`${this.#path}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = lines.length;
  }

  #read(text) {
    const lines = text.split("\n");
    // What stands behind the last line break was cut off.
    const isCut = lines.pop() !== "";
    // Version 1.0 of the bridge had one object for all.
    if (lines.length === 0 && isCut) lines.push(text);
    for (const line of lines) this.#take(this.#parse(line));
    this.#lines = lines.length;
    if (isCut) this.#writeAnew();
  }

  #parse(line) {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new Error(`${this.#path} cannot be read; move it away to begin anew: ${error.message}`, { cause: error });
    }
  }

  #take({ file, forgotten, recordings, from, deep, ...entry }) {
    if (file === undefined) {
      this.from = from ?? null;
      this.deep = deep ?? 0;
      for (const [name, known] of Object.entries(recordings ?? {})) this.#recordings.set(name, known);
    } else if (forgotten) this.#recordings.delete(file);
    else this.#recordings.set(file, entry);
  }
}
