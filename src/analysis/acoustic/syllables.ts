import type { BitTrack } from "./bit-track";
import type { ReadTrack } from "./byte-track";
import { placeIn } from "./histogram";
import { runs } from "./runs";

// In half decibels, as the levels are stored.
const DIP = 2 * 2;
const UNDER_LOUDEST = 25 * 2;
const LOUDEST_SHARE = 0.99;
/** What the five weights of the smoothing sum up to. */
const WEIGHTS = 9;

/**
 * How many syllables there are in the speech of `mask`: peaks of the level of the vowels' band that stand 2 dB above
 * the dips around them (method of N. de Jong and T. Wempe, Behavior Research Methods 41, 2009).
 */
export function countSyllables(vowels: ReadTrack, mask: BitTrack): number {
  const least = smooth(percentileOf(vowels, mask, LOUDEST_SHARE)) - UNDER_LOUDEST;
  let count = 0;
  for (const [start, end] of runs(mask)) {
    let isRising = true;
    let peak = -Infinity;
    let dip = smooth(weighed(vowels, start)) - DIP;
    for (let i = start; i <= end; i++) {
      // The end of an utterance is a dip.
      const level = i === end ? -Infinity : smooth(weighed(vowels, i));
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

// Asked for again where it is needed: hours of it as numbers take more memory than all that was heard.
function weighed(levels: ReadTrack, i: number): number {
  const last = levels.length() - 1;
  const at = (place: number) => levels.at(Math.max(0, Math.min(last, place)));
  return 3 * at(i) + 2 * (at(i - 1) + at(i + 1)) + at(i - 2) + at(i + 2);
}

function smooth(sum: number): number {
  return Math.fround(sum / WEIGHTS);
}

/** Of the sums that `weighed` gives in the speech of `mask`; 0 without speech. */
function percentileOf(levels: ReadTrack, mask: BitTrack, share: number): number {
  const counts = new Uint32Array(255 * WEIGHTS + 1);
  let total = 0;
  for (let i = 0; i < mask.length(); i++) {
    if (!mask.at(i)) continue;
    counts[weighed(levels, i)]!++;
    total++;
  }
  return total === 0 ? 0 : placeIn(counts, Math.floor(share * (total - 1)));
}
