import type { BitTrack } from "./bit-track";
import { FRAMES_PER_SECOND } from "./rates";
import { clearWhere, dropShort, runs } from "./runs";
import { codeOfDb } from "./scales";
import { DIALLED, STANDS_STILL, TONALITY_STEP_FRAMES } from "./tonality";

// Means over the time around a moment, in steps to either side: music as a whole stands still for a good part of the
// time, and a voice never for long; close to the moment it still shows, so that words after a tone stay words.
const WIDE = FRAMES_PER_SECOND / TONALITY_STEP_FRAMES;
const WIDE_LEAST = 0.3 * STANDS_STILL;
const CLOSE = 0.4 * WIDE;
const CLOSE_LEAST = 0.15 * STANDS_STILL;
const FEWEST_STEPS = 8;
/** What stands still as a whole for so many steps is a tone. */
const TONE = 0.9 * STANDS_STILL;
const SHORTEST_TONE = 4;
/** In frames: between two stretches of music there is no speech that is as short as this. */
const GAP_IN_MUSIC = FRAMES_PER_SECOND;
const LONG_MUSIC = FRAMES_PER_SECOND;
/** In dB re full scale. */
const AUDIBLE = codeOfDb(-55);
/** In frames: what it takes for music for less than 200 ms is a fleck. */
const SHORTEST_NOTE = FRAMES_PER_SECOND / 5;

/** Makes of what `music` has, where music or a tone is likely, which frames carry either, also by how far the sound stands still. */
export function detectMusic(music: BitTrack, tonality: Uint8Array, levels: Uint8Array): void {
  clearWhere(music, (frame) => levels[frame]! <= AUDIBLE);
  dropShort(music, SHORTEST_NOTE);
  markStandingStill(music, tonality, levels);
  markTones(music, tonality);
  fillGaps(music);
}

function markStandingStill(music: BitTrack, tonality: Uint8Array, levels: Uint8Array): void {
  const wide = meanAround(tonality, levels, WIDE);
  const close = meanAround(tonality, levels, CLOSE);
  for (let step = 0; step < tonality.length; step++) {
    const [around, nearby] = [wide(), close()];
    if (tonality[step] === DIALLED || (around >= WIDE_LEAST && nearby >= CLOSE_LEAST)) markSteps(music, step, step + 1);
  }
}

function markSteps(music: BitTrack, from: number, to: number): void {
  music.fill(true, from * TONALITY_STEP_FRAMES, to * TONALITY_STEP_FRAMES);
}

/**
 * The mean of the steps that sound within `reach` of one, 0 where they are too few to say: of the first step when asked
 * for the first time, of the next one the next time. A list of them all would outweigh what they are made of.
 */
function meanAround(values: Uint8Array, levels: Uint8Array, reach: number): () => number {
  let sum = 0;
  let count = 0;
  let at = 0;
  const add = (step: number, sign: 1 | -1) => {
    if (step < 0 || step >= values.length || !isHeard(levels, step)) return;
    sum += sign * Math.min(STANDS_STILL, values[step]!);
    count += sign;
  };
  for (let step = 0; step < Math.min(reach, values.length); step++) add(step, 1);
  return () => {
    add(at + reach, 1);
    add(at - reach - 1, -1);
    at++;
    return count < FEWEST_STEPS ? 0 : sum / count;
  };
}

function markTones(music: BitTrack, tonality: Uint8Array): void {
  let run = 0;
  for (let step = 0; step <= tonality.length; step++) {
    if (step < tonality.length && tonality[step]! >= TONE) {
      run++;
      continue;
    }
    // The first steps of a tone are compared with what was before it.
    if (run >= SHORTEST_TONE) markSteps(music, Math.max(0, step - run - 2), step);
    run = 0;
  }
}

function fillGaps(music: BitTrack): void {
  let lastEnd = -1;
  let wasLong = false;
  // What is filled lies before the run that was just read.
  for (const [start, end] of runs(music)) {
    const isLong = end - start >= LONG_MUSIC;
    if (lastEnd >= 0 && start - lastEnd <= GAP_IN_MUSIC && (isLong || wasLong)) music.fill(true, lastEnd, start);
    lastEnd = end;
    wasLong = isLong;
  }
}

function isHeard(levels: Uint8Array, step: number): boolean {
  const from = step * TONALITY_STEP_FRAMES;
  for (let frame = from; frame < from + TONALITY_STEP_FRAMES; frame++) if (levels[frame]! > AUDIBLE) return true;
  return false;
}
