/** One bit per frame for as long as the recording lasts, 45 kB an hour. What is decided of a frame is written over it. */
export type BitTrack = {
  push(bit: boolean): void;
  /** In frames. */
  length(): number;
  /** The bit of a frame; false where there is none yet. */
  at(frame: number): boolean;
  /** Sets the bits of the frames from `from` to before `to`, as far as there are such frames. */
  fill(bit: boolean, from: number, to: number): void;
  /** The first frame from `from` on that has this bit; -1 if none has. */
  next(bit: boolean, from: number): number;
};

/** Eleven minutes, as in `createByteTrack`. */
const STEP_BYTES = 8 * 1024;
const BITS = 8;
const ALL = 255;

export function createBitTrack(): BitTrack {
  let store = new Uint8Array(STEP_BYTES);
  let length = 0;

  // Outside of the store there are no bits, and beyond the last frame none is ever set.
  function at(frame: number): boolean {
    return ((store[frame >> 3]! >> (frame & 7)) & 1) === 1;
  }

  function set(frame: number, bit: boolean): void {
    const one = 1 << (frame & 7);
    if (bit) store[frame >> 3]! |= one;
    else store[frame >> 3]! &= ~one;
  }

  return {
    push(bit) {
      if (length === BITS * store.length) {
        // Moved, not copied: the smaller one is gone at once, and is no garbage of a long recording.
        store = new Uint8Array(store.buffer.transfer(store.length + STEP_BYTES));
      }
      set(length++, bit);
    },
    length: () => length,
    at,
    fill(bit, from, to) {
      const end = Math.min(to, length);
      for (let frame = Math.max(0, from); frame < end;) {
        if ((frame & 7) === 0 && frame + BITS <= end) {
          store[frame >> 3] = bit ? ALL : 0;
          frame += BITS;
        } else set(frame++, bit);
      }
    },
    next(bit, from) {
      const without = bit ? 0 : ALL;
      for (let frame = Math.max(0, from); frame < length;) {
        if ((frame & 7) === 0 && store[frame >> 3] === without) frame += BITS;
        else if (at(frame) === bit) return frame;
        else frame++;
      }
      return -1;
    },
  };
}
