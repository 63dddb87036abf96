/** A number at every step of a recording, for as long as it lasts. */
export type FloatTrack = {
  push(value: number): void;
  length(): number;
  /** The values so far, without a copy: good until the next one is added. */
  values(): Float32Array;
};

/** By steps and not by doubling, as in `createByteTrack`. */
const STEP_VALUES = 4 * 1024;

export function createFloatTrack(): FloatTrack {
  let store = new Float32Array(STEP_VALUES);
  let length = 0;
  return {
    push(value) {
      if (length === store.length) {
        store = new Float32Array(store.buffer.transfer((length + STEP_VALUES) * store.BYTES_PER_ELEMENT));
      }
      store[length++] = value;
    },
    length: () => length,
    values: () => store.subarray(0, length),
  };
}
