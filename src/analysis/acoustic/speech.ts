import type { Heard, HeardChannel } from "./listener";
import { FRAME_MS } from "./rates";
import { codeOfDb, levelDb, SCORE_CODES_PER_DB } from "./scales";
import { dropLeakage } from "./leakage";
import { detectMusic } from "./music";

// In dB above the background. Speech starts where it clearly exceeds it, and extends on both sides as far as it still
// does.
const OPEN = 7 * SCORE_CODES_PER_DB;
const CLOSE = 4 * SCORE_CODES_PER_DB;
// In dB below the channel's speech level: fainter sound is not audible beside the words. The fixture's truth uses the
// same.
const AUDIBLE_BELOW = 30;
// In dB above the mean noise, beyond what noise reaches in 10 ms, and how many frames a border may be blurred.
const OVER_NOISE = 4;
const SMEAR = 3;
/** In dB re full scale. No party of a call is this quiet; codec noise on an unused channel may be. */
const FAINTEST_SPEECH = codeOfDb(-62);
/** In frames. A pause up to 200 ms belongs to the speech around it (stop consonants, breath). */
const LONGEST_PAUSE = 200 / FRAME_MS;
/** In frames. Anything shorter than 80 ms is a click: the shortest words last longer. */
const SHORTEST_BURST = 80 / FRAME_MS;

/** For every frame of a channel, 1 or 0. */
export type Detected = { speech: Uint8Array; music: Uint8Array };

/** Decides for every channel and frame whether its party speaks, and whether it carries music or tones. */
export function detectSpeech(heard: Heard): Detected[] {
  const music = heard.channels.map(({ tonality, levels }) => detectMusic(tonality, levels));
  const standing = heard.channels.map((channel, index) => standsOut(channel, music[index]!));
  return dropLeakage(heard.channels, standing).map((mask, index) => {
    fillPauses(mask);
    dropBursts(mask);
    return { speech: mask, music: music[index]! };
  });
}

function standsOut({ scores, levels }: HeardChannel, music: Uint8Array): Uint8Array {
  const smooth = smoothed(scores);
  const mask = hysteresis(smooth);
  for (let i = 0; i < mask.length; i++) if (music[i] === 1) mask[i] = 0;
  const audible = codeOfDb(speechLevelDb(levels, mask) - AUDIBLE_BELOW);
  const overNoise = codeOfDb(speechLevelDb(levels, mask, 0) + OVER_NOISE);
  const least = Math.max(FAINTEST_SPEECH, audible);
  for (let i = 0; i < mask.length; i++) if (levels[i]! < least) mask[i] = 0;
  trimBorders(mask, levels, Math.max(least, overNoise));
  return mask;
}

// The spectrum's window and the smoothing blur a border outwards; the level of a single frame does not.
function trimBorders(mask: Uint8Array, levels: Uint8Array, least: number): void {
  for (const [start, end] of runs(mask)) {
    for (let i = start; i < Math.min(end, start + SMEAR) && levels[i]! < least; i++) mask[i] = 0;
    for (let i = end - 1; i >= Math.max(start, end - SMEAR) && levels[i]! < least; i--) mask[i] = 0;
  }
}

// Weights 1 2 3 2 1: a single frame's spectrum varies too much to decide on; symmetric weights move no border.
function smoothed(scores: Uint8Array): Float32Array {
  const last = scores.length - 1;
  return Float32Array.from(scores, (score, i) => {
    const near = scores[Math.max(0, i - 1)]! + scores[Math.min(last, i + 1)]!;
    const far = scores[Math.max(0, i - 2)]! + scores[Math.min(last, i + 2)]!;
    return (3 * score + 2 * near + far) / 9;
  });
}

function hysteresis(scores: Float32Array): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! < OPEN || mask[i] === 1) continue;
    for (let left = i; left >= 0 && mask[left] === 0 && scores[left]! >= CLOSE; left--) mask[left] = 1;
    for (let right = i + 1; right < scores.length && scores[right]! >= CLOSE; right++) mask[right] = 1;
  }
  return mask;
}

/** RMS level of the frames of `mask`, dB re full scale; -Infinity if there are none. */
export function speechLevelDb(levels: Uint8Array, mask: Uint8Array, wanted: 0 | 1 = 1): number {
  let power = 0;
  let frames = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== wanted) continue;
    power += 10 ** (levelDb(levels[i]!) / 10);
    frames++;
  }
  return frames === 0 ? -Infinity : 10 * Math.log10(power / frames);
}

function fillPauses(mask: Uint8Array): void {
  let lastSpeech = -1;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    if (lastSpeech >= 0 && i - lastSpeech - 1 <= LONGEST_PAUSE) mask.fill(1, lastSpeech + 1, i);
    lastSpeech = i;
  }
}

function dropBursts(mask: Uint8Array): void {
  for (const [start, end] of runs(mask)) if (end - start < SHORTEST_BURST) mask.fill(0, start, end);
}

/** The runs of ones in `mask`, as [start, end). Changing the mask inside a run while reading does no harm. */
export function* runs(mask: Uint8Array): Generator<[start: number, end: number]> {
  for (let start = mask.indexOf(1); start >= 0;) {
    const next = mask.indexOf(0, start);
    const end = next < 0 ? mask.length : next;
    yield [start, end];
    start = mask.indexOf(1, end);
  }
}
