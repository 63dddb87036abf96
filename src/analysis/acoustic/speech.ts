import type { BitTrack } from "./bit-track";
import type { Heard, HeardChannel } from "./listener";
import { FRAME_MS } from "./rates";
import { codeOfDb, POWERS } from "./scales";
import { dropLeakage } from "./leakage";
import { detectMusic } from "./music";
import { clearWhere, dropShort, runs } from "./runs";

/** In frames: how far a soft border may reach. */
export const SOFTLY = 8;
// In dB below the channel's speech level: fainter sound is not audible beside the words. The fixture's truth uses the
// same.
const AUDIBLE_BELOW = 30;
// In dB above the mean noise, beyond what noise reaches in 10 ms, and how many frames a border may be blurred.
const OVER_NOISE = 4;
const SMEAR = 3;
/** In dB re full scale. No party of a call is this quiet; codec noise on an unused channel may be. */
const FAINTEST_SPEECH = codeOfDb(-62);
/** In frames. A pause up to 200 ms belongs to the speech around it (stop consonants, breath). */
export const LONGEST_PAUSE = 200 / FRAME_MS;
/** In frames. Anything shorter than 80 ms is a click: the shortest words last longer. */
const SHORTEST_BURST = 80 / FRAME_MS;

/**
 * Decides for every channel and frame whether its party speaks, and whether it carries music or tones. The marks of the
 * voice net become that, in place: hours of them are not there twice.
 */
export function detectSpeech({ channels }: Heard): void {
  for (const channel of channels) {
    detectMusic(channel.music, channel.tonality, channel.levels);
    standsOut(channel);
  }
  dropLeakage(channels);
  for (const { speech, music } of channels) {
    fillPauses(speech);
    dropShort(speech, SHORTEST_BURST);
    for (const [start, end] of runs(speech)) music.fill(false, start, end);
  }
}

function standsOut(channel: HeardChannel): void {
  const { levels, speech, music, ratherMusic } = channel;
  // Within music the likelier of both counts: a note may sing for a moment, and a hum stands under all words.
  clearWhere(speech, (frame) => music.at(frame) && ratherMusic.at(frame));
  const audible = codeOfDb(speechLevelDb(levels, speech) - AUDIBLE_BELOW);
  const overNoise = codeOfDb(speechLevelDb(levels, speech, false) + OVER_NOISE);
  const least = Math.max(FAINTEST_SPEECH, audible);
  clearWhere(speech, (frame) => levels[frame]! < least);
  setBorders(channel, Math.max(least, overNoise));
}

// The net blurs a border; the level of a single frame does not. A soft end of a word goes on while it is audible, and
// not into music.
function setBorders({ levels, speech, soft, music }: HeardChannel, least: number): void {
  const goesOn = (frame: number) => levels[frame]! >= least && soft.at(frame) && !music.at(frame);
  // All of them first: what is added behind one would be read as another. As numbers, since there may be thousands.
  const borders: number[] = [];
  for (const [start, end] of runs(speech)) borders.push(start, end);
  for (let at = 0; at < borders.length; at += 2) {
    const [start, end] = [borders[at]!, borders[at + 1]!];
    let [first, last] = [start, end - 1];
    while (first < Math.min(end, start + SMEAR) && levels[first]! < least) first++;
    while (last >= Math.max(first, end - SMEAR) && levels[last]! < least) last--;
    speech.fill(false, start, first);
    speech.fill(false, last + 1, end);
    // A border that was just drawn in is no soft one.
    let [from, to] = [start, end];
    if (first === start) while (from > Math.max(0, start - SOFTLY) && goesOn(from - 1)) from--;
    if (last === end - 1) while (to < Math.min(speech.length(), end + SOFTLY) && goesOn(to)) to++;
    speech.fill(true, from, start);
    speech.fill(true, end, to);
  }
}

/** RMS level of the frames that `mask` has as `wanted`, but for those of `without`, dB re full scale; -Infinity if there are none. */
export function speechLevelDb(
  levels: Uint8Array,
  mask: BitTrack,
  wanted = true,
  without: BitTrack | null = null,
): number {
  let power = 0;
  let frames = 0;
  for (let i = 0; i < mask.length(); i++) {
    if (mask.at(i) !== wanted || without?.at(i) === true) continue;
    power += POWERS[levels[i]!]!;
    frames++;
  }
  return frames === 0 ? -Infinity : 10 * Math.log10(power / frames);
}

function fillPauses(mask: BitTrack): void {
  let lastEnd = -1;
  // What is filled lies before the run that was just read.
  for (const [start, end] of runs(mask)) {
    if (lastEnd >= 0 && start - lastEnd <= LONGEST_PAUSE) mask.fill(true, lastEnd, start);
    lastEnd = end;
  }
}
