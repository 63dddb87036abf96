/** A code for every step of a recording, for as long as it lasts. */
export type Track = {
  push(value: number): void;
  length(): number;
  /** The code of a step; 0 where there is none yet. */
  at(step: number): number;
  /** Leaves so many. */
  cut(most: number): void;
};

/** A track for whoever only reads it. */
export type ReadTrack = Pick<Track, "length" | "at">;

/** One byte per step: 360 kB an hour where the step is a frame. */
type ByteTrack = Track & {
  /** The bytes so far, without a copy: good until the next one is added. */
  bytes(): Uint8Array;
};

/** Eleven minutes. By steps and not by doubling: a long recording shall not hold twice what it needs. */
const STEP_BYTES = 64 * 1024;

export function createByteTrack(): ByteTrack {
  let store = new Uint8Array(STEP_BYTES);
  let length = 0;
  return {
    push(value) {
      if (length === store.length) {
        // Moved, not copied: the smaller one is gone at once, and is no garbage of a long recording.
        store = new Uint8Array(store.buffer.transfer(store.length + STEP_BYTES));
      }
      store[length++] = value;
    },
    length: () => length,
    at: (step) => (step < length ? (store[step] ?? 0) : 0),
    bytes: () => store.subarray(0, length),
    cut: (most) => void (length = Math.min(length, most)),
  };
}
