/** A number at every step of a recording, for as long as it lasts. */
export type FloatTrack = {
  push(value: number): void;
  length(): number;
  /** The values so far, without a copy. */
  values(): Float32Array;
};

const FIRST_VALUES = 1024;

export function createFloatTrack(): FloatTrack {
  let store = new Float32Array(FIRST_VALUES);
  let length = 0;
  return {
    push(value) {
      if (length === store.length) {
        const larger = new Float32Array(store.length * 2);
        larger.set(store);
        store = larger;
      }
      store[length++] = value;
    },
    length: () => length,
    values: () => store.subarray(0, length),
  };
}
