/** What each of our modules of sums exports (scripts/acoustic/memory.h). */
export type Allocating = { memory: WebAssembly.Memory; allocate(bytes: number): number };

/** `values` is asked for each time: memory that grows makes those from before empty. */
export type Room<Values> = { at: number; values(): Values };

type Rooms = {
  /** Room for so many, in this instance for good: their place in its memory, and what is there. */
  floats(count: number): Room<Float32Array>;
  doubles(count: number): Room<Float64Array>;
  integers(count: number): Room<Int32Array>;
  shorts(count: number): Room<Uint16Array>;
};

/** Gives out the memory of an instance. Throws where there is no more. */
export function roomsOf({ memory, allocate }: Allocating): Rooms {
  function rooms<Values extends { length: number }>(
    bytes: number,
    view: (buffer: ArrayBuffer, at: number, count: number) => Values,
  ): (count: number) => Room<Values> {
    return (count) => {
      const at = allocate(bytes * count);
      if (at === 0) throw new Error("no memory for the sums");
      let values = view(memory.buffer, at, count);
      return {
        at,
        values() {
          if (values.length === 0) values = view(memory.buffer, at, count);
          return values;
        },
      };
    };
  }

  return {
    floats: rooms(4, (buffer, at, count) => new Float32Array(buffer, at, count)),
    doubles: rooms(8, (buffer, at, count) => new Float64Array(buffer, at, count)),
    integers: rooms(4, (buffer, at, count) => new Int32Array(buffer, at, count)),
    shorts: rooms(2, (buffer, at, count) => new Uint16Array(buffer, at, count)),
  };
}
