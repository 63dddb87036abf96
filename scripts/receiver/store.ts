import { appendFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";

/** One POST the receiver got, in the order of arrival; `n` counts them for good. */
export type Delivery = {
  n: number;
  id: string;
  type: string;
  seq: number | null;
  callId: string | null;
  verified: boolean;
  /** The status it was answered with. */
  status: number;
  receivedAt: string;
};

const KEPT = 5000;
const MAX_FILE = 8_000_000;

/** What the receiver got: on disk before it is answered, so a kill loses nothing it accepted; the newest in memory. */
export class DeliveryStore {
  readonly #path: string;
  #kept: Delivery[] = [];
  #next = 1;

  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    const text = readFileSync(path, "utf8");
    this.#kept = text.split("\n").flatMap(readLine).slice(-KEPT);
    this.#next = (this.#kept.at(-1)?.n ?? 0) + 1;
    // A kill may have torn the last line; the next one must not be glued to it.
    if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  }

  add(delivery: Omit<Delivery, "n">): void {
    const kept = { n: this.#next, ...delivery };
    if (existsSync(this.#path) && statSync(this.#path).size > MAX_FILE) this.#compact();
    appendFileSync(this.#path, `${JSON.stringify(kept)}\n`);
    this.#next += 1;
    this.#kept.push(kept);
    if (this.#kept.length > KEPT * 1.2) this.#kept = this.#kept.slice(-KEPT);
  }

  list(query: { callId?: string; after?: number; limit: number }): Delivery[] {
    const { callId, after = 0, limit } = query;
    return this.#kept.filter((one) => one.n > after && (callId === undefined || one.callId === callId)).slice(0, limit);
  }

  /** How often this delivery was refused, as far as is remembered. */
  refusalsOf(id: string): number {
    return this.#kept.filter((one) => one.id === id && one.status !== 200).length;
  }

  newest(count: number): Delivery[] {
    return this.#kept.slice(-count).toReversed();
  }

  clear(): void {
    this.#kept = [];
    if (existsSync(this.#path)) truncateSync(this.#path);
  }

  #compact(): void {
    this.#kept = this.#kept.slice(-KEPT);
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, this.#kept.map((one) => `${JSON.stringify(one)}\n`).join(""));
    renameSync(temporary, this.#path);
  }
}

function readLine(line: string): Delivery[] {
  try {
    const value = JSON.parse(line) as Delivery;
    return typeof value.n === "number" && typeof value.id === "string" ? [value] : [];
  } catch {
    return [];
  }
}
