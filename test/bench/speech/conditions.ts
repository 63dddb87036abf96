import { execFileSync } from "node:child_process";
import { createRandom } from "../../../scripts/fixture/compose.ts";
import { RATE } from "../../../scripts/fixture/speak.ts";
import { wavOf } from "../../../scripts/fixture/wav.ts";
import { babble, type Dialogue } from "./dialogue.ts";
import { dial, normal, play, STYLES } from "./synthesis.ts";

type Stereo = [Float32Array, Float32Array];

/** What a line does to a conversation. */
export type Condition = {
  name: string;
  /** What ffmpeg must have been built with. */
  encoder?: string;
  /** It makes one channel of two: nobody can say whose words are whose, and no interruption can be found. */
  mergesChannels?: boolean;
  apply(dialogue: Dialogue, seed: number): Stereo;
};

const OFFICE = 30;

/** Noises at so many dB under each party's speech, then codecs and lines, all with the noise of a quiet office. */
const CONDITIONS: readonly Condition[] = [
  { name: "quiet office", apply: (dialogue, seed) => withNoise(dialogue, white, OFFICE, seed) },
  { name: "white noise, 20 dB", apply: (dialogue, seed) => withNoise(dialogue, white, 20, seed) },
  { name: "white noise, 10 dB", apply: (dialogue, seed) => withNoise(dialogue, white, 10, seed) },
  { name: "white noise, 5 dB", apply: (dialogue, seed) => withNoise(dialogue, white, 5, seed) },
  { name: "pink noise, 10 dB", apply: (dialogue, seed) => withNoise(dialogue, pink, 10, seed) },
  { name: "car, 5 dB", apply: (dialogue, seed) => withNoise(dialogue, rumble, 5, seed) },
  { name: "babble, 20 dB", apply: (dialogue, seed) => withNoise(dialogue, babbleOf, 20, seed) },
  { name: "babble, 10 dB", apply: (dialogue, seed) => withNoise(dialogue, babbleOf, 10, seed) },
  { name: "mains hum", apply: (dialogue, seed) => withNoise(dialogue, hum, 12, seed) },
  {
    name: "digital silence in the pauses",
    apply: (dialogue, seed) => gated(withNoise(dialogue, white, OFFICE, seed), dialogue),
  },
  { name: "echo, 25 dB", apply: (dialogue, seed) => withEcho(withNoise(dialogue, white, OFFICE, seed)) },
  { name: "music in the pauses", apply: (dialogue, seed) => withPausesFilled(dialogue, hold, seed) },
  { name: "digits in the pauses", apply: (dialogue, seed) => withPausesFilled(dialogue, digits, seed) },
  coded("µ-law", "pcm_mulaw", ["-f", "wav"]),
  coded("GSM 6.10", "libgsm_ms", ["-f", "wav"], true),
  coded("ADPCM", "adpcm_ima_wav", ["-f", "wav"]),
  coded("AMR, 7.4 kbit/s", "libopencore_amrnb", ["-b:a", "7.4k", "-f", "amr"], true),
  coded("MP3, 32 kbit/s", "libmp3lame", ["-b:a", "32k", "-f", "mp3"]),
  coded("Opus, 16 kbit/s a channel", "libopus", ["-b:a", "16k", "-f", "ogg"], true),
  { ...coded("Opus, 16 kbit/s for both", "libopus", ["-b:a", "16k", "-f", "ogg"]), mergesChannels: true },
  coded("AAC, 32 kbit/s", "aac", ["-b:a", "32k", "-f", "adts"]),
];

type Noise = (length: number, seed: number) => Float32Array;

function withNoise({ channels, truth }: Dialogue, noise: Noise, snr: number, seed: number): Stereo {
  return channels.map((clean, c) => {
    const level = speechRms(clean, truth.speech[c as 0 | 1]) * 10 ** (-snr / 20);
    const added = noise(clean.length, seed * 2 + c);
    return clean.map((sample, i) => sample + level * added[i]!);
  }) as Stereo;
}

function speechRms(samples: Float32Array, spans: readonly (readonly [number, number])[]): number {
  let [square, count] = [0, 0];
  for (const [start, end] of spans) {
    for (let i = Math.round(start * RATE); i < Math.min(samples.length, Math.round(end * RATE)); i++) {
      square += samples[i]! ** 2;
      count++;
    }
  }
  return Math.sqrt(square / Math.max(1, count));
}

const white: Noise = (length, seed) => {
  const random = createRandom(seed);
  // Six uniform values, centred, have variance 1/2.
  return Float32Array.from({ length }, () => {
    let sum = 0;
    for (let i = 0; i < 6; i++) sum += random();
    return (sum - 3) * Math.SQRT2;
  });
};

// Three one-pole filters in parallel: 3 dB an octave (P. Kellet's coefficients).
const pink: Noise = (length, seed) => {
  let [b0, b1, b2] = [0, 0, 0];
  return normal(
    white(length, seed).map((sample) => {
      b0 = 0.99765 * b0 + sample * 0.099046;
      b1 = 0.963 * b1 + sample * 0.2965164;
      b2 = 0.57 * b2 + sample * 1.0526913;
      return b0 + b1 + b2 + sample * 0.1848;
    }),
  );
};

// A car: low noise that swells with the road.
const rumble: Noise = (length, seed) => {
  let low = 0;
  return normal(
    white(length, seed).map((sample, i) => {
      low = 0.92 * low + sample;
      return low * (1 + 0.4 * Math.sin((2 * Math.PI * i) / (5.3 * RATE)));
    }),
  );
};

const hum: Noise = (length, seed) => {
  const random = createRandom(seed);
  return normal(
    Float32Array.from({ length }, (_, i) => {
      const t = (2 * Math.PI * 50 * i) / RATE;
      return Math.sin(t) + 0.5 * Math.sin(3 * t) + 0.2 * Math.sin(5 * t) + 0.05 * (random() - 0.5);
    }),
  );
};

const babbleOf: Noise = (length, seed) => babble(length / RATE, seed).subarray(0, length);

// Each party in the other's channel, 40 ms late.
function withEcho([left, right]: Stereo): Stereo {
  const late = 0.04 * RATE;
  const gain = 10 ** (-25 / 20);
  return [
    left.map((sample, i) => sample + gain * (right[i - late] ?? 0)),
    right.map((sample, i) => sample + gain * (left[i - late] ?? 0)),
  ];
}

/** In seconds: a gate stays open for so long after the last word. */
const HOLD_OPEN = 0.05;

// What a line with voice activity detection sends: nothing at all while its party is silent, the noise with the words.
function gated(noisy: Stereo, { truth }: Dialogue): Stereo {
  return noisy.map((samples, c) => {
    const open = new Float32Array(samples.length);
    for (const [start, end] of truth.speech[c as 0 | 1]) {
      const [from, until] = [Math.round(start * RATE), Math.round((end + HOLD_OPEN) * RATE)];
      open.set(samples.subarray(from, until), from);
    }
    return open;
  }) as Stereo;
}

/** A pause so long, in seconds, is filled; at this many dB under the party's speech. */
const PAUSE = 1.5;
const UNDER_SPEECH = 6;

// A kind of music that was kept out of training for two of three dialogues; other pieces than those of training.
const hold: Noise = (length, seed) => {
  const heldOut = STYLES.filter((_, at) => at % 4 === 3);
  const styles = seed % 3 === 0 ? STYLES : heldOut;
  return normal(play(styles[seed % styles.length]!, Math.ceil(length / RATE), 7_000 + seed).subarray(0, length));
};

const digits: Noise = (length, seed) => normal(dial(Math.ceil(length / RATE), 7_000 + seed).subarray(0, length));

/** In each channel, wherever its party is silent for a while, other sound: also while the other party speaks. */
function withPausesFilled(dialogue: Dialogue, sound: Noise, seed: number): Stereo {
  const noisy = withNoise(dialogue, white, OFFICE, seed);
  return noisy.map((samples, c) => {
    const spans = dialogue.truth.speech[c as 0 | 1];
    const level = speechRms(dialogue.channels[c]!, spans) * 10 ** (-UNDER_SPEECH / 20);
    const filled = samples.slice();
    const ends = [0, ...spans.map(([, end]) => end)];
    for (const [at, end] of ends.entries()) {
      const next = spans[at]?.[0] ?? samples.length / RATE;
      if (next - end < PAUSE) continue;
      const from = Math.round((end + 0.2) * RATE);
      const added = sound(Math.round((next - 0.2) * RATE) - from, seed * 100 + at * 2 + c);
      for (const [i, value] of added.entries()) filled[from + i]! += level * value;
    }
    return filled;
  }) as Stereo;
}

/** Through a codec of Debian's ffmpeg and back; `alone`: it knows one channel only. */
function coded(name: string, encoder: string, options: readonly string[], alone = false): Condition {
  const codec = ["-c:a", encoder, ...options];
  return {
    name,
    encoder,
    apply(dialogue, seed) {
      const noisy = withNoise(dialogue, white, OFFICE, seed);
      if (!alone) return through(noisy, codec) as Stereo;
      return noisy.map((samples) => through([samples], codec)[0]!) as Stereo;
    },
  };
}

/** The conditions that the ffmpeg of this machine can make, and the encoders that it was built without. */
export function conditionsHere(): { possible: Condition[]; missing: string[] } {
  const list = execFileSync("ffmpeg", ["-hide_banner", "-encoders"], { encoding: "utf8" });
  const has = new Set(list.split("\n").map((line) => line.trim().split(/\s+/)[1]));
  const isPossible = ({ encoder }: Condition) => encoder === undefined || has.has(encoder);
  return {
    possible: CONDITIONS.filter(isPossible),
    missing: CONDITIONS.filter((condition) => !isPossible(condition)).map(({ encoder }) => encoder!),
  };
}

export function through(channels: readonly Float32Array[], codec: readonly string[]): Float32Array[] {
  const quiet = ["-hide_banner", "-loglevel", "error"];
  const most = { maxBuffer: 1 << 28 };
  const file = execFileSync("ffmpeg", [...quiet, "-i", "pipe:0", ...codec, "pipe:1"], {
    input: wavOf(channels, RATE),
    ...most,
  });
  const raw = execFileSync("ffmpeg", [...quiet, "-i", "pipe:0", "-ar", String(RATE), "-f", "f32le", "pipe:1"], {
    input: file,
    ...most,
  });
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
  const length = channels[0]!.length;
  return channels.map((_, c) => Float32Array.from({ length }, (__, i) => all[i * channels.length + c] ?? 0));
}
