import { createByteTrack } from "./byte-track";

/** One bit per frame for as long as the recording lasts. */
export type BitTrack = { push(bit: boolean): void; at(frame: number): boolean };

export function createBitTrack(): BitTrack {
  const whole = createByteTrack();
  let bits = 0;
  let frames = 0;
  return {
    push(bit) {
      bits |= Number(bit) << (frames % 8);
      if (++frames % 8 > 0) return;
      whole.push(bits);
      bits = 0;
    },
    at(frame) {
      const byte = frame >> 3;
      return (((byte < whole.length() ? whole.at(byte) : bits) >> (frame % 8)) & 1) === 1;
    },
  };
}
