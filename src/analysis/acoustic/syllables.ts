import { runs } from "./runs";

// In half decibels, as the levels are stored.
const DIP = 2 * 2;
const UNDER_LOUDEST = 25 * 2;
const LOUDEST_SHARE = 0.99;

/**
 * How many syllables there are in the speech of `mask`: peaks of the level of the vowels' band that stand 2 dB above
 * the dips around them (method of N. de Jong and T. Wempe, Behavior Research Methods 41, 2009).
 */
export function countSyllables(vowels: Uint8Array, mask: Uint8Array): number {
  const smooth = smoothed(vowels);
  const least = percentileOf(smooth, mask, LOUDEST_SHARE) - UNDER_LOUDEST;
  let count = 0;
  for (const [start, end] of runs(mask)) {
    let isRising = true;
    let peak = -Infinity;
    let dip = smooth[start]! - DIP;
    for (let i = start; i <= end; i++) {
      // The end of an utterance is a dip.
      const level = i === end ? -Infinity : smooth[i]!;
      if (isRising) {
        peak = Math.max(peak, level);
        if (level > peak - DIP) continue;
        if (peak > least && peak - dip >= DIP) count++;
        isRising = false;
        dip = level;
      } else {
        dip = Math.min(dip, level);
        if (level < dip + DIP) continue;
        isRising = true;
        peak = level;
      }
    }
  }
  return count;
}

function smoothed(levels: Uint8Array): Float32Array {
  const last = levels.length - 1;
  const at = (i: number) => levels[Math.max(0, Math.min(last, i))]!;
  return Float32Array.from(levels, (level, i) => (3 * level + 2 * (at(i - 1) + at(i + 1)) + at(i - 2) + at(i + 2)) / 9);
}

function percentileOf(values: Float32Array, mask: Uint8Array, share: number): number {
  const chosen = values.filter((_, i) => mask[i] === 1).toSorted();
  return chosen[Math.floor(share * (chosen.length - 1))] ?? 0;
}
