import { FRAMES_PER_SECOND } from "./rates";
import { dropShort } from "./runs";
import { codeOfDb, oddsCode } from "./scales";
import { DIALLED, STANDS_STILL, TONALITY_STEP_FRAMES } from "./tonality";
import { STEP_FRAMES } from "./voice-features";

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
/** Of the voice net, which also knows music whose notes tremble. */
const LIKELY = oddsCode(1);
/** In frames: what it takes for music for less than 200 ms is a fleck. */
const SHORTEST_NOTE = FRAMES_PER_SECOND / 5;

/** Which frames carry music or tones: 1 or 0. `odds`: of the voice net, a code for every `STEP_FRAMES`. */
export function detectMusic(tonality: Uint8Array, levels: Uint8Array, odds: Uint8Array): Uint8Array {
  const sounding = tonality.map((_, step) => (isHeard(levels, step) ? 1 : 0));
  const wide = meanAround(tonality, sounding, WIDE);
  const close = meanAround(tonality, sounding, CLOSE);
  const steps = tonality.map((value) => {
    const [around, nearby] = [wide(), close()];
    return value === DIALLED || (around >= WIDE_LEAST && nearby >= CLOSE_LEAST) ? 1 : 0;
  });
  markTones(steps, tonality);
  const mask = levels.map((level, frame) =>
    odds[Math.floor(frame / STEP_FRAMES)]! >= LIKELY && level > AUDIBLE ? 1 : 0,
  );
  dropShort(mask, SHORTEST_NOTE);
  for (let frame = 0; frame < mask.length; frame++)
    if (steps[Math.floor(frame / TONALITY_STEP_FRAMES)] === 1) mask[frame] = 1;
  fillGaps(mask);
  return mask;
}

/**
 * The mean of the steps that sound within `reach` of one, 0 where they are too few to say: of the first step when asked
 * for the first time, of the next one the next time. A list of them all would outweigh what they are made of.
 */
function meanAround(values: Uint8Array, sounding: Uint8Array, reach: number): () => number {
  let sum = 0;
  let count = 0;
  let at = 0;
  const add = (step: number, sign: 1 | -1) => {
    if (sounding[step] !== 1) return;
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

function markTones(steps: Uint8Array, tonality: Uint8Array): void {
  let run = 0;
  for (let step = 0; step <= tonality.length; step++) {
    if (step < tonality.length && tonality[step]! >= TONE) {
      run++;
      continue;
    }
    // The first steps of a tone are compared with what was before it.
    if (run >= SHORTEST_TONE) steps.fill(1, Math.max(0, step - run - 2), step);
    run = 0;
  }
}

function fillGaps(mask: Uint8Array): void {
  let start = -1;
  let lastEnd = -1;
  let wasLong = false;
  for (let frame = 0; frame <= mask.length; frame++) {
    if (mask[frame] === 1) {
      if (start < 0) start = frame;
      continue;
    }
    if (start < 0) continue;
    const isLong = frame - start >= LONG_MUSIC;
    if (lastEnd >= 0 && start - lastEnd <= GAP_IN_MUSIC && (isLong || wasLong)) mask.fill(1, lastEnd, start);
    lastEnd = frame;
    wasLong = isLong;
    start = -1;
  }
}

function isHeard(levels: Uint8Array, step: number): boolean {
  const from = step * TONALITY_STEP_FRAMES;
  for (let frame = from; frame < from + TONALITY_STEP_FRAMES; frame++) if (levels[frame]! > AUDIBLE) return true;
  return false;
}
