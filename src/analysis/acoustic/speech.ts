import type { Heard, HeardChannel } from "./listener";
import { FRAME_MS } from "./rates";
import { codeOfDb, levelDb, oddsCode } from "./scales";
import { dropLeakage } from "./leakage";
import { detectMusic } from "./music";
import { dropShort, runs } from "./runs";
import { STEP_FRAMES } from "./voice-features";

// Of the voice net. Speech starts where it is likely, and extends on both sides as far as it is not unlikely.
const OPEN = oddsCode(0.5);
const CLOSE = oddsCode(-1);
// A soft border: for so many frames, where a voice is not out of the question.
const SOFT = oddsCode(-4);
const SOFTLY = 8;
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
  const music = heard.channels.map(({ tonality, levels, music: odds }) => detectMusic(tonality, levels, odds));
  const standing = heard.channels.map((channel, index) => standsOut(channel, music[index]!));
  dropLeakage(heard.channels, standing);
  return standing.map((speech, index) => {
    fillPauses(speech);
    dropShort(speech, SHORTEST_BURST);
    const elsewhere = music[index]!;
    for (let frame = 0; frame < speech.length; frame++) if (speech[frame] === 1) elsewhere[frame] = 0;
    return { speech, music: elsewhere };
  });
}

function standsOut(channel: HeardChannel, music: Uint8Array): Uint8Array {
  const { voice, levels, music: odds } = channel;
  const mask = hysteresis(voice);
  // Within music the likelier of both counts: a note may sing for a moment, and a hum stands under all words.
  for (let i = 0; i < mask.length; i++)
    if (music[i] === 1 && voice[i]! < odds[Math.floor(i / STEP_FRAMES)]!) mask[i] = 0;
  const audible = codeOfDb(speechLevelDb(levels, mask) - AUDIBLE_BELOW);
  const overNoise = codeOfDb(speechLevelDb(levels, mask, 0) + OVER_NOISE);
  const least = Math.max(FAINTEST_SPEECH, audible);
  for (let i = 0; i < mask.length; i++) if (levels[i]! < least) mask[i] = 0;
  setBorders(mask, channel, music, Math.max(least, overNoise));
  return mask;
}

// The net blurs a border; the level of a single frame does not. A soft end of a word goes on while it is audible, and
// not into music.
function setBorders(mask: Uint8Array, { voice, levels }: HeardChannel, music: Uint8Array, least: number): void {
  const goesOn = (frame: number) => levels[frame]! >= least && voice[frame]! >= SOFT && music[frame] !== 1;
  // All of them first: what is added behind one would be read as another.
  const found = [...runs(mask)];
  for (const [start, end] of found) {
    let [first, last] = [start, end - 1];
    while (first < Math.min(end, start + SMEAR) && levels[first]! < least) mask[first++] = 0;
    while (last >= Math.max(first, end - SMEAR) && levels[last]! < least) mask[last--] = 0;
    // A border that was just drawn in is no soft one.
    const [before, after] = [first === start ? SOFTLY : 0, last === end - 1 ? SOFTLY : 0];
    for (let i = start - 1; i >= Math.max(0, start - before) && goesOn(i); i--) mask[i] = 1;
    for (let i = end; i < Math.min(mask.length, end + after) && goesOn(i); i++) mask[i] = 1;
  }
}

function hysteresis(scores: Uint8Array): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! < OPEN || mask[i] === 1) continue;
    for (let left = i; left >= 0 && mask[left] === 0 && scores[left]! >= CLOSE; left--) mask[left] = 1;
    for (let right = i + 1; right < scores.length && scores[right]! >= CLOSE; right++) mask[right] = 1;
  }
  return mask;
}

/** RMS level of the frames that `mask` has as `wanted`, but for those of `without`, dB re full scale; -Infinity if there are none. */
export function speechLevelDb(
  levels: Uint8Array,
  mask: Uint8Array,
  wanted: 0 | 1 = 1,
  without: Uint8Array | null = null,
): number {
  let power = 0;
  let frames = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== wanted || without?.[i] === 1) continue;
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
