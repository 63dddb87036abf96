import type { Filters } from "./filters";
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
export function createPolyphase(filters: Filters, from: number, to: number): RateStage {
  const common = greatestCommonDivisor(from, to);
  const up = to / common;
  const down = from / common;
  const phases = Math.min(up, MAX_PHASES);
  // Even, so that the taps are a multiple of four.
  const reach = 2 * Math.ceil((TRANSITION_TIMES_REACH * from) / TRANSITION / 2);
  const taps = 2 * reach;
  const bank = filters.floats(phases * taps);
  bank.values().set(filterBank(phases, reach, Math.min(0.5, to / from / 2)));
  // The next output's window is held[start … start + taps), and it lies `fraction / up` of a sample after its centre.
  const held = filters.floats(BLOCK + 4 * taps);
  const place = filters.integers(2);
  const outputs = filters.floats(Math.ceil(((BLOCK + 2 * taps) * up) / down) + 1);
  let filled = reach - 1;

  function push(input: Float32Array, length: number, out: Float32Array, at: number): number {
    let written = 0;
    for (let begin = 0; begin < length; begin += BLOCK) {
      const end = Math.min(length, begin + BLOCK);
      held.values().set(input.subarray(begin, end), filled);
      filled += end - begin;
      written += filter(out, at + written);
    }
    return written;
  }

  function filter(out: Float32Array, at: number): number {
    const count = filters.interpolate(held.at, filled, bank.at, taps, phases, up, down, place.at, outputs.at);
    out.set(outputs.values().subarray(0, count), at);
    // A large step down may start beyond the buffered samples: the rest of the step waits for them.
    const places = place.values();
    const gone = Math.min(places[0]!, filled);
    held.values().copyWithin(0, gone, filled);
    filled -= gone;
    places[0] = places[0]! - gone;
    return count;
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
