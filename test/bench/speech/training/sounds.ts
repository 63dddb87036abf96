import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dial, normal, play, STYLES, tone, TONES } from "../synthesis.ts";
import { samplesOf, type Speaker } from "../prompts.ts";

export type Random = () => number;

const RATE = 8000;
/** Debian's package of music on hold, `asterisk-moh-opsound-wav`. */
const MUSIC = "/usr/share/asterisk/moh";

export function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** Noise of one colour or of several, steady or swelling, or the hum of the mains: RMS 1. */
export function noise(length: number, random: Random): Float32Array {
  const kind = random();
  if (kind < 0.2) return hum(length, random);
  const [pole, second] = [
    random() < 0.4 ? 0 : between(random, 0.3, 0.97),
    random() < 0.6 ? 0 : between(random, -0.6, 0.9),
  ];
  const swell = random() < 0.5 ? 0 : between(random, 0.1, 0.8);
  const slow = between(random, 0.5, 9) * RATE;
  let [low, lower] = [0, 0];
  return normal(
    Float32Array.from({ length }, (_, i) => {
      low = pole * low + (random() + random() + random() - 1.5);
      lower = second * lower + low;
      return lower * (1 + swell * Math.sin((2 * Math.PI * i) / slow));
    }),
  );
}

function hum(length: number, random: Random): Float32Array {
  const hz = random() < 0.5 ? 50 : 60;
  const overtones = Array.from({ length: 12 }, (_, at) => (random() < 0.6 ? between(random, 0, 1) / (1 + at / 2) : 0));
  overtones[0] = 1;
  const hiss = between(random, 0.01, 0.1);
  return normal(
    Float32Array.from({ length }, (_, i) => {
      const t = (2 * Math.PI * hz * i) / RATE;
      return overtones.reduce((sum, strength, at) => sum + strength * Math.sin((at + 1) * t), hiss * (random() - 0.5));
    }),
  );
}

/** People who talk all at once, few or many: RMS 1. */
export function babble(length: number, speakers: readonly Speaker[], random: Random): Float32Array {
  const track = new Float32Array(length);
  const people = 3 + Math.floor(random() * 18);
  for (let one = 0; one < people; one++) {
    const speaker = pick(random, speakers);
    const gain = between(random, 0.4, 1.2);
    for (let at = Math.floor(random() * RATE); at < length;) {
      const samples = speaker.piece(Math.floor(random() * speaker.pieces));
      const scale = gain / (Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length) || 1);
      for (let i = 0; i < samples.length && at + i < length; i++) track[at + i]! += scale * samples[i]!;
      at += samples.length + Math.floor(random() * 0.5 * RATE);
    }
  }
  return normal(track);
}

const recordedMusic = new Map<string, Float32Array>();

/** Music, tones of a line or dialled digits: RMS 1. What the comparison keeps out of tuning is not among them. */
export function music(seconds: number, random: Random): Float32Array {
  const kind = random();
  const seed = Math.floor(random() * 1e9);
  if (kind < 0.25) return recorded(seconds, random);
  if (kind < 0.6) {
    const known = STYLES.filter((_, at) => at % 4 !== 3);
    const style = pick(random, known);
    const lead = { ...style.lead, ...trembling(random), fall: style.lead.fall * between(random, 0.7, 1.4) };
    return play({ ...style, lead, notesPerSecond: between(random, 0.8, 5), drums: random() < 0.4 }, seconds, seed);
  }
  if (kind < 0.73) return dial(seconds, seed);
  if (kind < 0.83) {
    const { congestion: _, ...known } = TONES;
    return tone(pick(random, Object.values(known)), seconds);
  }
  const hz = Array.from({ length: 1 + Math.floor(random() * 2) }, () => between(random, 300, 1800));
  return tone(
    { hz, on: between(random, 0.08, random() < 0.5 ? 0.6 : 3), off: between(random, 0.08, random() < 0.5 ? 0.6 : 4) },
    seconds,
  );
}

function trembling(random: Random) {
  return random() < 0.5
    ? { vibratoHz: 0, depth: 0 }
    : { vibratoHz: between(random, 4, 7), depth: between(random, 0.001, 0.01) };
}

function recorded(seconds: number, random: Random): Float32Array {
  const name = pick(
    random,
    readdirSync(MUSIC).filter((file) => file.endsWith(".wav")),
  );
  const all = recordedMusic.get(name) ?? samplesOf(join(MUSIC, name));
  recordedMusic.set(name, all);
  const length = Math.min(all.length, Math.round(seconds * RATE));
  const from = Math.floor(random() * (all.length - length));
  return normal(all.slice(from, from + length));
}
