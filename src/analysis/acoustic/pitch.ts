import type { Track } from "./byte-track";
import { startFilters } from "./filters";
import { createHalfBand } from "./half-band";
import { FRAME } from "./rates";

/**
 * Follows the pitch of a voice: one byte for every 20 ms, 0 where it has none. By normalized cross-correlation, first
 * at 2 kHz over all periods that voices have, then at 4 kHz around the one found.
 */
export type PitchTracker = {
  /** Takes samples at ANALYSIS_RATE, any number. */
  push(samples: Float32Array, at: number, length: number): void;
  /** Measures what is left, as if silence followed, until there are `steps` values. */
  finish(steps: number): void;
};

const LOWEST_HZ = 60;
const CODES_PER_OCTAVE = 90;

/** Two frames. */
export const PITCH_STEP_FRAMES = 2;
const STEP = (PITCH_STEP_FRAMES * FRAME) / 2;
const FINE_RATE = 4_000;
// At 2 kHz: 40 ms are compared with themselves, 2.5 to 14.5 ms (400 to 69 Hz) later.
const COARSE_WINDOW = 80;
const SHORTEST = 5;
const LONGEST = 29;
const FINE_WINDOW = 2 * COARSE_WINDOW;
const NEED = 2 * (COARSE_WINDOW + LONGEST + 2);
/** What looks most alike; a shorter period that is nearly as good is taken, since twice a period is one too. */
const NEARLY = 0.9;
const VOICED = 0.75;
/** Mean square of the window, re full scale: -60 dB. */
const FAINTEST = 1e-6;
const BLOCK = 4096;

export function pitchCode(hz: number): number {
  return Math.max(1, Math.min(255, 1 + Math.round(CODES_PER_OCTAVE * Math.log2(hz / LOWEST_HZ))));
}

export function pitchHz(code: number): number {
  return LOWEST_HZ * 2 ** ((code - 1) / CODES_PER_OCTAVE);
}

/** Semitones from one code to the next. */
export const SEMITONES_PER_CODE = 12 / CODES_PER_OCTAVE;

export function createPitchTracker(track: Track): PitchTracker {
  const filters = startFilters();
  const halving = createHalfBand(filters);
  const rooms = { fine: filters.floats(NEED + BLOCK), coarse: filters.floats(NEED / 2) };
  const likeness = { coarse: filters.doubles(LONGEST + 2), fine: filters.doubles(2 * LONGEST + 4) };
  // All of the instance's memory is given out by now, so what was read of it stays.
  const [fine, coarse] = [rooms.fine.values(), rooms.coarse.values()];
  const [alike, near] = [likeness.coarse.values(), likeness.fine.values()];
  // Half a window of silence first, so that a value is for the middle of its window.
  let filled = (FINE_WINDOW - STEP) / 2;

  function push(samples: Float32Array, at: number, length: number): void {
    for (let from = 0; from < length; from += BLOCK) {
      const count = Math.min(BLOCK, length - from);
      filled += halving.push(samples.subarray(at + from, at + from + count), count, fine, filled);
      take();
    }
  }

  function take(): void {
    let at = 0;
    for (; at + NEED <= filled; at += STEP) track.push(pitchAt(at));
    fine.copyWithin(0, at, filled);
    filled -= at;
  }

  function pitchAt(at: number): number {
    let square = 0;
    for (let i = at; i < at + FINE_WINDOW; i++) square += fine[i]! * fine[i]!;
    if (square < FAINTEST * FINE_WINDOW) return 0;
    // A mean of neighbours is filter enough: what is folded down is weak, and periodic like the rest.
    for (let i = 0; i < coarse.length; i++) {
      const middle = at + 2 * i;
      coarse[i] = (i === 0 ? 0 : 0.25 * fine[middle - 1]!) + 0.5 * fine[middle]! + 0.25 * fine[middle + 1]!;
    }
    const period = coarsePeriod();
    return period === 0 ? 0 : finePitch(at, 2 * period);
  }

  function coarsePeriod(): number {
    filters.compare(rooms.coarse.at, COARSE_WINDOW, SHORTEST - 1, LONGEST + 1, likeness.coarse.at);
    let best = 0;
    for (let lag = SHORTEST; lag <= LONGEST; lag++) if (isPeak(lag)) best = Math.max(best, alike[lag]!);
    if (best < VOICED * NEARLY) return 0;
    for (let lag = SHORTEST; lag <= LONGEST; lag++) if (isPeak(lag) && alike[lag]! >= NEARLY * best) return lag;
    return 0;
  }

  function isPeak(lag: number): boolean {
    return alike[lag]! >= alike[lag - 1]! && alike[lag]! >= alike[lag + 1]!;
  }

  function finePitch(at: number, about: number): number {
    const first = about - 3;
    const last = about + 3;
    filters.compare(rooms.fine.at + Float32Array.BYTES_PER_ELEMENT * at, FINE_WINDOW, first, last, likeness.fine.at);
    let lag = first + 1;
    for (let i = first + 1; i < last; i++) if (near[i]! > near[lag]!) lag = i;
    if (near[lag]! < VOICED) return 0;
    const [before, here, after] = [near[lag - 1]!, near[lag]!, near[lag + 1]!];
    const bend = before - 2 * here + after;
    const shift = bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
    return pitchCode(FINE_RATE / (lag + shift));
  }

  return {
    push,
    finish(steps) {
      const silence = new Float32Array(BLOCK);
      while (track.length() < steps) push(silence, 0, silence.length);
      track.cut(steps);
    },
  };
}
