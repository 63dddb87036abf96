import type { RateStage } from "./resampler";
import { windowedSinc } from "./windowed-sinc";

// In Hz. Nothing above 3400 Hz is used, so aliases may fall into 3400–4000 Hz: that is the filter's transition band.
const TRANSITION = 1_200;
// Width of a Blackman window's transition in cycles per sample, times its reach (half its length).
const TRANSITION_TIMES_REACH = 2.75;
// Rates without a common divisor would need thousands of phases; 512 place a sample within a thousandth of a period.
const MAX_PHASES = 512;
const BLOCK = 4096;

/** Changes the rate `from` (Hz) to `to` by a rational factor, each output sample from one of a bank of filters. */
export function createPolyphase(from: number, to: number): RateStage {
  const common = greatestCommonDivisor(from, to);
  const up = to / common;
  const down = from / common;
  const phases = Math.min(up, MAX_PHASES);
  const reach = Math.ceil((TRANSITION_TIMES_REACH * from) / TRANSITION);
  const taps = 2 * reach;
  const bank = filterBank(phases, reach, Math.min(0.5, to / from / 2));
  // Output n lies `fraction / up` samples after input sample `base`, whose window is held[start … start + taps).
  const held = new Float32Array(BLOCK + 4 * taps);
  let filled = reach - 1;
  let fraction = 0;
  let start = 0;

  function push(input: Float32Array, length: number, out: Float32Array, at: number): number {
    let written = 0;
    for (let begin = 0; begin < length; begin += BLOCK) {
      const end = Math.min(length, begin + BLOCK);
      for (let i = begin; i < end; i++) held[filled++] = input[i]!;
      written += filter(out, at + written);
    }
    return written;
  }

  function filter(out: Float32Array, at: number): number {
    let written = 0;
    while (start + taps <= filled) {
      let coefficient = Math.floor((fraction * phases) / up) * taps;
      let sum = 0;
      for (let i = start; i < start + taps; i++) sum += bank[coefficient++]! * held[i]!;
      out[at + written++] = sum;
      fraction += down;
      const whole = Math.floor(fraction / up);
      start += whole;
      fraction -= whole * up;
    }
    // A large step down may start beyond the buffered samples: the rest of the step waits for them.
    const gone = Math.min(start, filled);
    held.copyWithin(0, gone, filled);
    filled -= gone;
    start -= gone;
    return written;
  }

  return {
    push,
    flush: (out, at) => push(new Float32Array(reach), reach, out, at),
    room: (length) => Math.ceil(((length + taps) * up) / down) + 1,
  };
}

// Filter p is the low-pass seen from p / phases of a sample after its `reach - 1`-th tap; each passes DC unchanged.
function filterBank(phases: number, reach: number, cutoff: number): Float32Array {
  const taps = 2 * reach;
  const bank = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const filter = bank.subarray(phase * taps, (phase + 1) * taps);
    for (let tap = 0; tap < taps; tap++) filter[tap] = windowedSinc(tap - (reach - 1) - phase / phases, cutoff, reach);
    const sum = filter.reduce((total, value) => total + value, 0);
    for (let tap = 0; tap < taps; tap++) filter[tap] = filter[tap]! / sum;
  }
  return bank;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
