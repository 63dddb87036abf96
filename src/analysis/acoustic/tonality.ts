import type { Track } from "./byte-track";
import { isDialledDigit } from "./dialled-digits";
import { ANALYSIS_RATE, FRAME } from "./rates";
import { createPowerSpectrum } from "./real-fft";

/**
 * How far the sound stands still, one byte for every 50 ms: the share of its energy in spectral peaks that were at the
 * same frequency a moment before, of 254; 255 for the two tones of a dialled digit. Notes hold their frequencies, the
 * overtones of a voice glide all the time.
 */
export type TonalityMeter = {
  /** Takes samples at ANALYSIS_RATE, any number. */
  push(samples: Float32Array, at: number, length: number): void;
  /** Measures what is left, as if silence followed, until there are `steps` values. */
  finish(steps: number): void;
};

export const TONALITY_STEP_FRAMES = 5;
export const DIALLED = 255;
export const STANDS_STILL = 254;

const WINDOW = 512;
const STEP = TONALITY_STEP_FRAMES * FRAME;
/** Steps between the two spectra that are compared. Their windows must not share samples. */
const BEFORE = 2;
const HZ_PER_BIN = ANALYSIS_RATE / WINDOW;
const FIRST_BIN = Math.round(200 / HZ_PER_BIN);
const LAST_BIN = Math.round(3400 / HZ_PER_BIN);
/** Of the strongest; and a peak stands so far above the lowest of the bins 2 to 4 beside it. */
const WEAKEST = 1e-3;
const ABOVE_VALLEYS = 4;
/** In bins: 5 Hz. */
const SAME = 0.33;
const ALIKE = 10;
const FAINTEST = 1e-6;
const MOST_PEAKS = 64;
const BLOCK = 4096;
const HANN = Float64Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW));

type Peaks = { count: number; bins: Float64Array; energies: Float64Array };

export function createTonalityMeter(track: Track): TonalityMeter {
  const held = new Float32Array(WINDOW + BLOCK);
  const spectrum = createPowerSpectrum(HANN);
  const { power } = spectrum;
  const past = Array.from({ length: BEFORE + 1 }, (): Peaks => {
    return { count: 0, bins: new Float64Array(MOST_PEAKS), energies: new Float64Array(MOST_PEAKS) };
  });
  let filled = (WINDOW - STEP) / 2;
  let steps = 0;

  function push(samples: Float32Array, at: number, length: number): void {
    for (let from = 0; from < length; from += BLOCK) {
      const count = Math.min(BLOCK, length - from);
      held.set(samples.subarray(at + from, at + from + count), filled);
      filled += count;
      let start = 0;
      for (; start + WINDOW <= filled; start += STEP) track.push(tonalityAt(start));
      held.copyWithin(0, start, filled);
      filled -= start;
    }
  }

  function tonalityAt(start: number): number {
    const now = past[steps % past.length]!;
    const before = past[(steps + 1) % past.length]!;
    steps++;
    now.count = 0;
    let square = 0;
    for (let i = start; i < start + WINDOW; i++) square += held[i]! * held[i]!;
    if (square < FAINTEST * WINDOW) return 0;
    spectrum.transform(held, start);
    const energy = findPeaks(now);
    if (energy === 0) return 0;
    if (isDialledDigit(now, energy, HZ_PER_BIN)) return DIALLED;
    return Math.round((STANDS_STILL * Math.min(energy, lasting(now, before))) / energy);
  }

  function findPeaks(found: Peaks): number {
    let energy = 0;
    let strongest = 0;
    for (let bin = FIRST_BIN; bin <= LAST_BIN; bin++) {
      energy += power[bin]!;
      if (power[bin]! > strongest) strongest = power[bin]!;
    }
    const weakest = WEAKEST * strongest;
    for (let bin = FIRST_BIN; bin <= LAST_BIN && found.count < MOST_PEAKS; bin++) {
      const here = power[bin]!;
      if (here < weakest) continue;
      const left = power[bin - 1]!;
      const right = power[bin + 1]!;
      if (here <= left || here < right) continue;
      if (here < ABOVE_VALLEYS * Math.max(valley(bin, -1), valley(bin, 1))) continue;
      const below = Math.log(left + 1e-30);
      const above = Math.log(right + 1e-30);
      const bend = below - 2 * Math.log(here) + above;
      const shift = bend < 0 ? (below - above) / (2 * bend) : 0;
      found.bins[found.count] = bin + shift;
      found.energies[found.count] = left + here + right;
      found.count++;
    }
    return energy;
  }

  function valley(bin: number, side: 1 | -1): number {
    return Math.min(power[bin + 2 * side]!, power[bin + 3 * side]!, power[bin + 4 * side]!);
  }

  return {
    push,
    finish(most) {
      const silence = new Float32Array(BLOCK);
      while (track.length() < most) push(silence, 0, silence.length);
      track.cut(most);
    },
  };
}

/** The energy of the peaks that were there before, at the same place and about as strong. Both lists are in order. */
function lasting(now: Peaks, before: Peaks): number {
  let energy = 0;
  let at = 0;
  for (let i = 0; i < now.count; i++) {
    const bin = now.bins[i]!;
    while (at < before.count && before.bins[at]! < bin - SAME) at++;
    if (at === before.count) break;
    const ratio = now.energies[i]! / before.energies[at]!;
    if (before.bins[at]! <= bin + SAME && ratio < ALIKE && ratio > 1 / ALIKE) energy += now.energies[i]!;
  }
  return energy;
}
