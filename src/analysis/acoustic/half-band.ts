import type { RateStage } from "./resampler";
import { windowedSinc } from "./windowed-sinc";

// Taps at odd distances from the centre, on one side. Those at even distances are zero, which makes a half-band filter
// cheap. With 6 of them the band below a sixth of the input rate stays clean, and nothing aliases into it.
const SIDE_TAPS = 6;
const REACH = 2 * SIDE_TAPS - 1;
const CENTRE = 0.5;
const SIDE = sideTaps();
const BLOCK = 4096;

/** Halves the sample rate. */
export function createHalfBand(): RateStage {
  // The window of output n is centred on sample 2n, so the first one begins with silence.
  const held = new Float32Array(BLOCK + 4 * REACH);
  let filled = REACH;

  function push(input: Float32Array, length: number, out: Float32Array, at: number): number {
    let written = 0;
    for (let from = 0; from < length; from += BLOCK) {
      const end = Math.min(length, from + BLOCK);
      for (let i = from; i < end; i++) held[filled++] = input[i]!;
      written += filter(out, at + written);
    }
    return written;
  }

  function filter(out: Float32Array, at: number): number {
    let written = 0;
    let centre = REACH;
    for (; centre + REACH < filled; centre += 2) {
      let sum = CENTRE * held[centre]!;
      for (let tap = 0, away = 1; tap < SIDE_TAPS; tap++, away += 2) {
        sum += SIDE[tap]! * (held[centre - away]! + held[centre + away]!);
      }
      out[at + written++] = sum;
    }
    held.copyWithin(0, centre - REACH, filled);
    filled -= centre - REACH;
    return written;
  }

  return {
    push,
    flush: (out, at) => push(new Float32Array(REACH), REACH, out, at),
    room: (length) => Math.ceil((length + 2 * REACH) / 2) + 1,
  };
}

function sideTaps(): Float64Array {
  const taps = Float64Array.from({ length: SIDE_TAPS }, (_, i) => windowedSinc(2 * i + 1, 0.25, REACH + 1));
  // Both sides and the centre add up to 1: speech levels stay what they are.
  const sum = 2 * taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => (tap * (1 - CENTRE)) / sum);
}
