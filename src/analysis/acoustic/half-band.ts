import type { Filters } from "./filters";
import type { RateStage } from "./resampler";
import { windowedSinc } from "./windowed-sinc";

// Taps at odd distances from the centre, on one side. Those at even distances are zero, which makes a half-band filter
// cheap. With 6 of them (filters.c has the same number) the band below a sixth of the input rate stays clean, and nothing aliases into it.
const SIDE_TAPS = 6;
const REACH = 2 * SIDE_TAPS - 1;
const CENTRE = 0.5;
const SIDE = sideTaps();
const BLOCK = 4096;
/** The filter reads up to nine floats beyond what it needs. */
const MARGIN = 12;

/** Halves the sample rate. */
export function createHalfBand(filters: Filters): RateStage {
  // The window of output n is centred on sample 2n, so the first one begins with silence.
  const held = filters.floats(BLOCK + 4 * REACH + MARGIN);
  const side = filters.floats(SIDE_TAPS);
  side.values().set(SIDE);
  const outputs = filters.floats(BLOCK / 2 + 2 * REACH);
  let filled = REACH;

  function push(input: Float32Array, length: number, out: Float32Array, at: number): number {
    let written = 0;
    for (let from = 0; from < length; from += BLOCK) {
      const end = Math.min(length, from + BLOCK);
      held.values().set(input.subarray(from, end), filled);
      filled += end - from;
      written += filter(out, at + written);
    }
    return written;
  }

  function filter(out: Float32Array, at: number): number {
    const count = Math.max(0, Math.ceil((filled - 2 * REACH) / 2));
    filters.halve(held.at + 4 * REACH, count, side.at, outputs.at);
    out.set(outputs.values().subarray(0, count), at);
    held.values().copyWithin(0, 2 * count, filled);
    filled -= 2 * count;
    return count;
  }

  return {
    push,
    flush: (out, at) => push(new Float32Array(REACH), REACH, out, at),
    room: (length) => Math.ceil((length + 2 * REACH) / 2) + 1,
  };
}

function sideTaps(): Float32Array {
  const taps = Float64Array.from({ length: SIDE_TAPS }, (_, i) => windowedSinc(2 * i + 1, 0.25, REACH + 1));
  // Both sides and the centre add up to 1: speech levels stay what they are.
  const sum = 2 * taps.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(taps, (tap) => (tap * (1 - CENTRE)) / sum);
}
