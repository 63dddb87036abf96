// Makes what the voice net is trained with: conversations of people and of synthetic voices, with noises, codecs, echoes
// and music that are not those of the comparison, as features and labels.
// node -r ./scripts/installed.cjs test/bench/speech/training/examples.ts <folder> <first> <after the last>
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { composeCall, createRandom } from "../../../../scripts/fixture/compose.ts";
import type { Line } from "../../../../scripts/fixture/lines.ts";
import { through } from "../conditions.ts";
import { bundled } from "../detector.ts";
import { framesOf } from "../score.ts";
import { normal } from "../synthesis.ts";
import { babble, between, music, noise, pick, type Random } from "./sounds.ts";
import type { Speaker } from "../prompts.ts";
import { allSpeakers } from "./voices.ts";

type Heard = { featuresOf(channels: readonly Float32Array[], sampleRate: number): Float32Array[]; FEATURES: number };
type Sound = { channels: Float32Array[]; speech: Uint8Array[]; music: Uint8Array[] };

const RATE = 8000;
/** From this number on machines speak. */
const MACHINES = 2000;
const SPEECH = 1;
const MUSIC = 2;

const [folder = "", first = "0", after = "8"] = process.argv.slice(2);
const { featuresOf, FEATURES } = await bundled<Heard>("heard/features.ts");
const speakers = allSpeakers();
mkdirSync(folder, { recursive: true });
const file = openSync(join(folder, `${first}.examples`), "w");
for (let number = Number(first); number < Number(after); number++) {
  const random = createRandom(77_000 + number * 7919);
  for (let i = 0; i < 20; i++) random();
  const sound = onTheLine(number % 4 === 3 ? waiting(random) : conversation(number, random), random);
  for (const [channel, told] of featuresOf(sound.channels, RATE).entries()) {
    const steps = told.length / FEATURES;
    const labels = new Uint8Array(2 * steps);
    for (let i = 0; i < labels.length; i++)
      labels[i] = (sound.speech[channel]![i] ? SPEECH : 0) | (sound.music[channel]![i] ? MUSIC : 0);
    writeSync(file, Uint8Array.from(new Uint8Array(Uint32Array.of(steps).buffer)));
    writeSync(file, new Uint8Array(Float16Array.from(told).buffer));
    writeSync(file, labels);
  }
  process.stderr.write(number % 20 === 0 ? `${number}\n` : "");
}
closeSync(file);

function conversation(number: number, random: Random): Sound {
  const known = random() < 0.6 ? speakers.real : speakers.synthetic;
  const pool = number >= MACHINES ? speakers.machines : known;
  const people = [pick(random, pool), pick(random, pool)] as const;
  const spoken = new Map<string, Float32Array>();
  const lines: Line[] = [];
  const turns = 5 + Math.floor(random() * 12);
  for (let turn = 0; turn < turns; turn++) {
    const text = String(turn);
    spoken.set(text, said(people[(turn % 2) as 0 | 1], random));
    const length = spoken.get(text)!.length / RATE;
    const gap = turn === 0 ? between(random, 0.2, 6) : gapBefore(length, random);
    lines.push({ party: (turn % 2) as 0 | 1, gap, kind: "turn", text });
  }
  const { channels, truth } = composeCall({
    lines,
    say: (_, text) => spoken.get(text)!,
    levels: [between(random, -38, -14), between(random, -38, -14)],
    noiseBelow: 200,
    seed: 1,
    tail: between(random, 0.3, 4),
  });
  const frames = Math.ceil(channels[0].length / 80);
  const speech = truth.speech.map((spans) => framesOf(spans, frames));
  return { channels, speech, music: channels.map((track, c) => withMusic(track, speech[c]!, random)) };
}

/** In seconds: an interruption, a wait, or as people take turns. */
function gapBefore(length: number, random: Random): number {
  const chance = random();
  if (chance < 0.25) return -Math.min(length * 0.6, between(random, 0.2, 2.5));
  return chance < 0.4 ? between(random, 3, 14) : between(random, 0.1, 1.6);
}

/** Nobody speaks: music, or tones of the line, with some silence. */
function waiting(random: Random): Sound {
  const frames = Math.round(between(random, 2000, 4500));
  const silent = [new Uint8Array(frames), new Uint8Array(frames)];
  const channels = silent.map(() => new Float32Array(frames * 80));
  const tones = silent.map(() => new Uint8Array(frames));
  for (let c = 0; c < 2; c++) {
    if (random() < 0.4) continue;
    for (let from = Math.round(between(random, 0, 300)); from < frames - 200;) {
      const to = Math.min(frames, from + Math.round(between(random, 300, 2500)));
      play(channels[c]!, tones[c]!, from, to, random);
      from = to + Math.round(between(random, 20, 400));
    }
  }
  return { channels, speech: silent, music: tones };
}

/** Some pieces after another, with pauses as within a turn. */
function said(speaker: Speaker, random: Random): Float32Array {
  const parts: Float32Array[] = [];
  const wanted = (random() < 0.2 ? 0.3 : between(random, 1, 8)) * RATE;
  for (let length = 0; length < wanted;) {
    const one = normal(speaker.piece(Math.floor(random() * speaker.pieces)));
    const pause = new Float32Array(Math.round((random() < 0.5 ? 0.02 : between(random, 0.05, 0.6)) * RATE));
    parts.push(one, pause);
    length += one.length + pause.length;
  }
  parts.pop();
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Fills some long silences of a channel with music or tones; gives where they sound. */
function withMusic(track: Float32Array, speech: Uint8Array, random: Random): Uint8Array {
  const where = new Uint8Array(speech.length);
  const some = random() < 0.4 ? 0.7 : 0;
  for (let start = speech.indexOf(0); start >= 0;) {
    const next = speech.indexOf(1, start);
    const end = next < 0 ? speech.length : next;
    if (end - start > 120 && random() < some) {
      play(track, where, start + 15, end - 15 - Math.floor(random() * 60), random);
    }
    start = next < 0 ? -1 : speech.indexOf(0, end);
  }
  return where;
}

/** Music or tones in these frames of a channel; `where` gets where they sound. */
function play(track: Float32Array, where: Uint8Array, from: number, to: number, random: Random): void {
  const sound = music((to - from) / 100, random);
  const gain = 10 ** (between(random, -38, -14) / 20);
  for (let i = 0; i < sound.length; i++) track[from * 80 + i]! += gain * sound[i]!;
  for (let frame = from; frame < to; frame++) {
    let square = 0;
    for (let i = 0; i < 80; i++) square += (sound[(frame - from) * 80 + i] ?? 0) ** 2;
    // Between two notes or two tones it is quiet, and no label of either is wrong there.
    where[frame] = square / 80 > 1e-3 ? 1 : 0;
  }
}

function onTheLine({ channels, speech, music: tones }: Sound, random: Random): Sound {
  const length = channels[0]!.length;
  const everyone = [...speakers.real, ...speakers.synthetic];
  let noisy: Float32Array[] = channels.map((track, c) => {
    const sounding = count(speech[c]!) + count(tones[c]!);
    const rms = sounding < 50 ? 0.03 : Math.sqrt(track.reduce((sum, x) => sum + x * x, 0) / (80 * sounding));
    const added = random() < 0.35 ? babble(length, everyone, random) : noise(length, random);
    const level = random() < 0.15 ? 0 : rms * 10 ** (-between(random, 3, 36) / 20);
    const hiss = rms * 10 ** (-between(random, 25, 60) / 20);
    return track.map((x, i) => x + level * added[i]! + hiss * (2 * random() - 1));
  });
  if (random() < 0.4) noisy = withEcho(noisy, random);
  const shape = random();
  if (shape < 0.2) {
    const sum = noisy[0]!.map((x, i) => x + noisy[1]![i]!);
    const any = speech[0]!.map((x, i) => x | speech[1]![i]!);
    const only = tones[0]!.map((x, i) => (any[i] ? 0 : x | tones[1]![i]!));
    // The same in both channels, or one.
    const copies = shape < 0.05 ? 2 : 1;
    return coded(
      { channels: Array(copies).fill(sum), speech: Array(copies).fill(any), music: Array(copies).fill(only) },
      random,
    );
  }
  return coded({ channels: noisy, speech, music: tones }, random);
}

function withEcho(channels: Float32Array[], random: Random): Float32Array[] {
  const late = Math.round(between(random, 0.001, 0.2) * RATE);
  const gain = 10 ** (-between(random, 12, 40) / 20);
  const pole = random() < 0.5 ? 0 : between(random, 0.2, 0.8);
  return channels.map((track, c) => {
    const other = channels[1 - c]!;
    let low = 0;
    return track.map((x, i) => {
      low = pole * low + (1 - pole) * (other[i - late] ?? 0);
      return x + gain * low;
    });
  });
}

function coded(sound: Sound, random: Random): Sound {
  const chance = random();
  const kbits = (...rates: number[]) => `${pick(random, rates)}k`;
  const joint = (codec: string[]) => later(sound, through(sound.channels, codec));
  const apart = (codec: string[]) =>
    later(
      sound,
      sound.channels.map((track) => through([track], codec)[0]!),
    );
  if (chance < 0.45) return sound;
  if (chance < 0.5) return joint(["-c:a", "pcm_mulaw", "-f", "wav"]);
  if (chance < 0.58) return apart(["-c:a", "libgsm_ms", "-f", "wav"]);
  if (chance < 0.62) return joint(["-c:a", "adpcm_ima_wav", "-f", "wav"]);
  if (chance < 0.7)
    return apart(["-c:a", "libopencore_amrnb", "-b:a", pick(random, ["4.75k", "5.9k", "7.4k", "12.2k"]), "-f", "amr"]);
  if (chance < 0.82) return joint(["-c:a", "libmp3lame", "-b:a", kbits(16, 24, 32, 48, 64), "-f", "mp3"]);
  if (chance < 0.93) return joint(["-c:a", "libopus", "-b:a", kbits(12, 16, 20, 24, 32), "-f", "ogg"]);
  return joint(["-c:a", "aac", "-b:a", kbits(24, 32, 48, 64), "-f", "adts"]);
}

/** Labels moved to where the codec has put the sound: by whole frames, where both are most alike. */
function later({ channels, speech, music: tones }: Sound, decoded: Float32Array[]): Sound {
  let [best, most] = [0, -Infinity];
  for (let shift = -2; shift <= 8; shift++) {
    let sum = 0;
    for (let frame = 10; frame < speech[0]!.length - 10; frame++)
      sum += Math.sqrt(power(channels[0]!, frame) * power(decoded[0]!, frame + shift));
    if (sum > most) [best, most] = [shift, sum];
  }
  const moved = (labels: Uint8Array) => labels.map((_, i) => labels[i - best] ?? 0);
  return { channels: decoded, speech: speech.map(moved), music: tones.map(moved) };
}

function power(samples: Float32Array, frame: number): number {
  let sum = 0;
  for (let i = frame * 80; i < frame * 80 + 80; i++) sum += (samples[i] ?? 0) ** 2;
  return sum;
}

function count(labels: Uint8Array): number {
  return labels.reduce((sum, one) => sum + one, 0);
}
