/** One byte per frame for as long as the recording lasts: 360 kB an hour. */
export type ByteTrack = {
  push(value: number): void;
  length(): number;
  /** The bytes so far, without a copy. */
  bytes(): Uint8Array;
  /** Leaves so many. */
  cut(most: number): void;
};

const FIRST_BYTES = 16 * 1024;

export function createByteTrack(): ByteTrack {
  let store = new Uint8Array(FIRST_BYTES);
  let length = 0;
  return {
    push(value) {
      if (length === store.length) {
        const larger = new Uint8Array(store.length * 2);
        larger.set(store);
        store = larger;
      }
      store[length++] = value;
    },
    length: () => length,
    bytes: () => store.subarray(0, length),
    cut: (most) => void (length = Math.min(length, most)),
  };
}
