import compiled from "./filters.wasm";

/** The sums of the rate changes, in WebAssembly: scripts/acoustic/filters.c says what its functions do. */
export type Filters = {
  halve(centre: number, outputs: number, side: number, taps: number, out: number): void;
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
  /** Room for so many floats, in this instance for good: their place in its memory, and the floats. */
  floats(count: number): Room<Float32Array>;
  integers(count: number): Room<Int32Array>;
};

/** `values` is asked for each time: memory that grows makes those from before empty. */
export type Room<Values> = { at: number; values(): Values };

type Exports = Pick<Filters, "halve" | "interpolate"> & {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
};

export function startFilters(): Filters {
  const { memory, allocate, halve, interpolate } = new WebAssembly.Instance(compiled).exports as unknown as Exports;

  function room<Values extends Float32Array | Int32Array>(
    count: number,
    view: (buffer: ArrayBuffer, at: number) => Values,
  ): Room<Values> {
    const at = allocate(4 * count);
    if (at === 0) throw new Error("no memory for the filters");
    let values = view(memory.buffer, at);
    return {
      at,
      values() {
        if (values.length === 0) values = view(memory.buffer, at);
        return values;
      },
    };
  }

  return {
    halve,
    interpolate,
    floats: (count) => room(count, (buffer, at) => new Float32Array(buffer, at, count)),
    integers: (count) => room(count, (buffer, at) => new Int32Array(buffer, at, count)),
  };
}
