import compiled from "./filters.wasm";
import { roomsOf, type Allocating } from "./wasm-memory";

/** The sums over samples, in WebAssembly: scripts/acoustic/filters.c says what its functions do. */
type Sums = {
  halve(centre: number, outputs: number, side: number, out: number): void;
  reach(samples: number, length: number, limit: number): number;
  interpolate(
    held: number,
    filled: number,
    bank: number,
    taps: number,
    phases: number,
    up: number,
    down: number,
    place: number,
    out: number,
  ): number;
  weigh(one: number, other: number, length: number, weights: number, memory: number, sums: number): void;
  compare(samples: number, window: number, first: number, last: number, out: number): void;
};

export type Filters = Sums & ReturnType<typeof roomsOf>;

/** An instance with memory of its own. */
export function startFilters(): Filters {
  const exports = new WebAssembly.Instance(compiled).exports as unknown as Sums & Allocating;
  const { halve, reach, interpolate, weigh, compare } = exports;
  return { halve, reach, interpolate, weigh, compare, ...roomsOf(exports) };
}
