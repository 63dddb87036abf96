import { createRandom } from "../../../scripts/fixture/compose.ts";
import { RATE } from "../../../scripts/fixture/speak.ts";

/** One instrument's way to sound: overtones, how fast it swells and fades (seconds), and how it trembles. */
type Instrument = { overtones: number; fall: number; attack: number; decay: number; vibratoHz: number; depth: number };

/** A piece of hold music: who plays, how fast, and whether drums do. */
export type Style = {
  name: string;
  lead: Instrument;
  chords: Instrument | null;
  notesPerSecond: number;
  drums: boolean;
};

const PLUCKED: Instrument = { overtones: 8, fall: 1.2, attack: 0.005, decay: 0.5, vibratoHz: 0, depth: 0 };
const ORGAN: Instrument = { overtones: 6, fall: 0.8, attack: 0.02, decay: 4, vibratoHz: 0, depth: 0 };
const BELL: Instrument = { overtones: 3, fall: 2, attack: 0.002, decay: 0.8, vibratoHz: 0, depth: 0 };
const STRINGS: Instrument = { overtones: 12, fall: 1, attack: 0.1, decay: 5, vibratoHz: 5.5, depth: 0.004 };
const REED: Instrument = { overtones: 10, fall: 0.7, attack: 0.04, decay: 3, vibratoHz: 5, depth: 0.006 };

export const STYLES: readonly Style[] = [
  { name: "guitar", lead: PLUCKED, chords: PLUCKED, notesPerSecond: 2.5, drums: false },
  { name: "organ", lead: ORGAN, chords: ORGAN, notesPerSecond: 1.5, drums: false },
  { name: "bells over a pad", lead: BELL, chords: ORGAN, notesPerSecond: 4, drums: false },
  { name: "pop with drums", lead: PLUCKED, chords: ORGAN, notesPerSecond: 3, drums: true },
  { name: "saxophone and guitar", lead: REED, chords: PLUCKED, notesPerSecond: 2, drums: true },
  { name: "strings", lead: STRINGS, chords: STRINGS, notesPerSecond: 1.2, drums: false },
  { name: "piano alone", lead: { ...PLUCKED, decay: 0.9 }, chords: null, notesPerSecond: 3, drums: false },
  { name: "fast bells and drums", lead: BELL, chords: PLUCKED, notesPerSecond: 5, drums: true },
];

// Semitones: a major scale, and the roots of four chords that most songs are made of.
const SCALE = [0, 2, 4, 5, 7, 9, 11, 12];
const ROOTS = [0, 7, 9, 5];
const CHORD_SECONDS = 2;

/** `seconds` of music in a style: RMS 1. */
export function play(style: Style, seconds: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const track = new Float32Array(Math.round(seconds * RATE));
  const key = 220 * 2 ** (Math.floor(random() * 12) / 12);
  for (let at = 0; at < seconds; at += 1 / style.notesPerSecond) {
    const note = SCALE[Math.floor(random() * SCALE.length)]!;
    add(track, style.lead, key * 2 ** (note / 12 + 0.5), at, 1.6 / style.notesPerSecond, 1);
  }
  for (let at = 0, bar = 0; style.chords !== null && at < seconds; at += CHORD_SECONDS, bar++) {
    const root = key * 2 ** ((ROOTS[bar % ROOTS.length]! - 12) / 12);
    for (const step of [0, 4, 7]) add(track, style.chords, root * 2 ** (step / 12), at, CHORD_SECONDS, 0.4);
  }
  if (style.drums) drum(track, random);
  return normal(track);
}

function add(track: Float32Array, by: Instrument, hz: number, at: number, seconds: number, gain: number): void {
  const from = Math.round(at * RATE);
  const count = Math.min(track.length - from, Math.round(seconds * RATE));
  for (let overtone = 1; overtone <= by.overtones && overtone * hz < 3600; overtone++) {
    const strength = gain / overtone ** by.fall;
    for (let i = 0; i < count; i++) {
      const t = i / RATE;
      const swell = Math.min(1, t / by.attack) * Math.exp((-t * overtone ** 0.5) / by.decay);
      const end = Math.min(1, (seconds - t) / 0.02);
      const tremble = by.vibratoHz === 0 ? 0 : (by.depth * Math.sin(2 * Math.PI * by.vibratoHz * t)) / by.vibratoHz;
      track[from + i]! += strength * swell * end * Math.sin(2 * Math.PI * overtone * hz * (t + tremble));
    }
  }
}

// A thump on every beat and a hiss between, two beats a second.
function drum(track: Float32Array, random: () => number): void {
  for (let beat = 0; beat * 0.25 * RATE < track.length; beat++) {
    const from = Math.round(beat * 0.25 * RATE);
    for (let i = 0; i < 0.12 * RATE && from + i < track.length; i++) {
      const t = i / RATE;
      const hit = beat % 2 === 0 ? 1.5 * Math.sin(2 * Math.PI * 90 * t) * Math.exp(-t / 0.05) : 0;
      track[from + i]! += hit + 0.5 * (2 * random() - 1) * Math.exp(-t / 0.02);
    }
  }
}

/** Tones on a line: frequencies in Hz, then how long they sound and pause, in seconds. */
export const TONES = {
  ringing: { hz: [440, 480], on: 2, off: 4 },
  "ringing, Argentina": { hz: [425], on: 1, off: 4 },
  busy: { hz: [480, 620], on: 0.5, off: 0.5 },
  congestion: { hz: [425], on: 0.25, off: 0.25 },
  dial: { hz: [350, 440], on: 8, off: 0.2 },
  "special information": { hz: [1400], on: 0.33, off: 0.33 },
} as const;

export function tone(
  { hz, on, off }: { hz: readonly number[]; on: number; off: number },
  seconds: number,
): Float32Array {
  const track = Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) => {
    const t = i / RATE;
    if (t % (on + off) >= on) return 0;
    return hz.reduce((sum, one) => sum + Math.sin(2 * Math.PI * one * t), 0);
  });
  return normal(track);
}

const DIGITS = [
  [697, 1209],
  [697, 1336],
  [697, 1477],
  [770, 1209],
  [770, 1336],
  [770, 1477],
  [852, 1209],
  [852, 1336],
  [852, 1477],
  [941, 1336],
] as const;

/** Dialled digits, some of them short and fast as telephones dial, some as fingers do. */
export function dial(seconds: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const track = new Float32Array(Math.round(seconds * RATE));
  for (let at = 0.1; at < seconds;) {
    const [low, high] = DIGITS[Math.floor(random() * DIGITS.length)]!;
    const on = 0.07 + random() * 0.2;
    for (let i = 0; i < on * RATE; i++) {
      const place = Math.round(at * RATE) + i;
      if (place < track.length)
        track[place] = Math.sin((2 * Math.PI * low * i) / RATE) + Math.sin((2 * Math.PI * high * i) / RATE);
    }
    at += on + 0.07 + random() * 0.4;
  }
  return normal(track);
}

/** The same sound with an RMS of 1; silence stays silence. */
export function normal(samples: Float32Array): Float32Array {
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) || 1;
  return samples.map((sample) => sample / rms);
}
