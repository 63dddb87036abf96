import type { Place, Running } from "../e2e/trunkline.ts";

/** What a harness is given. `running` is replaced by one that kills it. */
export type Ground = { place: Place; running: Running; long: boolean; random: () => number };

/** The result: one line with its figures, and every violation found. */
export type Outcome = { figure: string; faults: string[] };

export type Harness = { name: string; run(ground: Ground): Promise<Outcome> };

/** The same numbers for the same seed, so that what was found is found again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Runs `work` for each item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length) await work(items[next++] as T);
  }
  await Promise.all(Array.from({ length: width }, worker));
}
