import type { BitTrack } from "./bit-track";
import type { ReadTrack } from "./byte-track";
import { placeIn } from "./histogram";
import { PITCH_STEP_FRAMES, pitchHz, SEMITONES_PER_CODE } from "./pitch";
import { FRAME_MS } from "./rates";
import { POWERS } from "./scales";

export type PitchDynamics = {
  medianHz: number;
  /** Standard deviation around the median, and how far the middle nine tenths reach. */
  spreadSemitones: number;
  rangeSemitones: number;
};

/** In steps of 20 ms: half a second of voice is the least that a median means something for. */
const FEWEST_STEPS = 25;
/** In codes: two semitones in 20 ms. What jumps further is an octave taken for another. */
const MOST_GLIDE = 2 / SEMITONES_PER_CODE;
/** In codes: an octave from the median. */
const FAR = 12 / SEMITONES_PER_CODE;
/** In frames: levels are compared over 200 ms, which is about a syllable. */
const SYLLABLE = 200 / FRAME_MS;

/** The pitch of the speech in `mask`; null where there is too little voice in it. */
export function pitchDynamics(pitch: ReadTrack, mask: BitTrack): PitchDynamics | null {
  const voiced = new Uint32Array(256);
  for (let i = 0; i < pitch.length(); i++) {
    const code = pitch.at(i);
    if (code === 0 || !mask.at(i * PITCH_STEP_FRAMES)) continue;
    if (isNear(code, pitch.at(i - 1)) || isNear(code, pitch.at(i + 1))) voiced[code]!++;
  }
  if (totalOf(voiced) < FEWEST_STEPS) return null;
  const median = quantile(voiced, 0.5);
  const near = voiced.map((count, code) => (Math.abs(code - median) < FAR ? count : 0));
  const square = near.reduce((sum, count, code) => sum + count * (code - median) ** 2, 0) / totalOf(near);
  return {
    medianHz: pitchHz(median),
    spreadSemitones: Math.sqrt(square) * SEMITONES_PER_CODE,
    rangeSemitones: (quantile(near, 0.95) - quantile(near, 0.05)) * SEMITONES_PER_CODE,
  };
}

function isNear(code: number, other: number): boolean {
  return other > 0 && Math.abs(code - other) <= MOST_GLIDE;
}

function quantile(counts: Uint32Array, share: number): number {
  return placeIn(counts, Math.round(share * (totalOf(counts) - 1)));
}

function totalOf(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Standard deviation of the speech level in dB from syllable to syllable; null without speech. */
export function levelSpreadDb(levels: Uint8Array, mask: BitTrack): number | null {
  const syllables: number[] = [];
  let power = 0;
  let frames = 0;
  for (let i = 0; i <= mask.length(); i++) {
    if (mask.at(i)) {
      power += POWERS[levels[i]!]!;
      frames++;
    } else frames = power = 0;
    if (frames < SYLLABLE) continue;
    syllables.push(10 * Math.log10(power / frames));
    frames = power = 0;
  }
  if (syllables.length < 2) return null;
  const mean = syllables.reduce((sum, level) => sum + level, 0) / syllables.length;
  return Math.sqrt(syllables.reduce((sum, level) => sum + (level - mean) ** 2, 0) / syllables.length);
}
