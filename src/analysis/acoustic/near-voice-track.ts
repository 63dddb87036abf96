import type { Track } from "./byte-track";

/**
 * One byte per step that is wanted only where a party may be speaking: block by block, what is elsewhere is let go of as
 * soon as that is known. Half of what two parties say of themselves is silence.
 */
type NearVoiceTrack = Track & {
  /**
   * Decides of the first block that is not decided yet: without `keep`, its bytes are 0 from now on. A block that is not
   * whole is the last: nothing is added behind it.
   */
  decide(keep: boolean): void;
};

const STEP_BYTES = 32 * 1024;
const STEP_BLOCKS = 1024;

/** `size`: how many bytes are decided about at once. */
export function createNearVoiceTrack(size: number): NearVoiceTrack {
  // The blocks that were kept, one behind another; behind them what is not decided.
  let store = new Uint8Array(STEP_BYTES);
  // Of each block that is decided: where it is among the kept ones, from 1 on; 0 where it was let go of.
  let places = new Uint32Array(STEP_BLOCKS);
  let decided = 0;
  let kept = 0;
  let length = 0;

  /** Where a step that is not decided is in the store. */
  const placeOf = (step: number) => step - (decided - kept) * size;

  return {
    push(value) {
      const place = placeOf(length);
      if (place === store.length) store = new Uint8Array(store.buffer.transfer(store.length + STEP_BYTES));
      store[place] = value;
      length++;
    },
    length: () => length,
    at(step) {
      if (step < 0 || step >= length) return 0;
      const block = Math.floor(step / size);
      if (block >= decided) return store[placeOf(step)]!;
      const place = places[block]!;
      return place === 0 ? 0 : store[(place - 1) * size + (step % size)]!;
    },
    cut: (most) => void (length = Math.min(length, most)),
    decide(keep) {
      if (decided === places.length) {
        places = new Uint32Array(places.buffer.transfer(places.byteLength + STEP_BLOCKS * places.BYTES_PER_ELEMENT));
      }
      const [start, end] = [kept * size, placeOf(length)];
      if (keep) places[decided] = ++kept;
      // Few seconds wait to be decided, so this moves little.
      else store.copyWithin(start, Math.min(end, start + size), end);
      decided++;
    },
  };
}
