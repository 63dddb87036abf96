import type { RecordingFormat } from "../contract";
import { BANDS, createBandMeter, WINDOW } from "./band-energy";
import { createBandwidthMeter } from "./bandwidth";
import { createBitTrack, type BitTrack } from "./bit-track";
import { createByteTrack, type ReadTrack } from "./byte-track";
import { createClipMeter } from "./clipping";
import { ALIKE, createCoupling } from "./coupling";
import { createLoudnessMeter, type Loudness } from "./loudness";
import { createNearVoiceTrack } from "./near-voice-track";
import { createPitchTracker, PITCH_STEP_FRAMES } from "./pitch";
import { FRAME } from "./rates";
import { createResampler } from "./resampler";
import { levelCode } from "./scales";
import { createTonalityMeter, TONALITY_STEP_FRAMES } from "./tonality";
import { createVoiceFeatures } from "./voice-features";
import { BLOCK_FRAMES, createVoiceMarker, type VoiceMarks } from "./voice-marks";
import { createVoiceNet, type StartVoiceNet } from "./voice-net";

/** The measurements of a recording: at most some three bytes per channel and 10 ms, which is all that later decisions need. */
export type Heard = {
  /** Of 10 ms each. The last one may be partly silence. */
  frames: number;
  channels: readonly HeardChannel[];
  separationDb: number | null;
  loudness: Loudness;
};

export type HeardChannel = VoiceMarks & {
  /** Loudness of each frame, as `levelDb` reads it. */
  levels: Uint8Array;
  /** Where a frame is alike to that of the loudest other channel. */
  alike: BitTrack;
  /** Loudness of each frame in the band of vowels, as `levelDb` reads it; 0 far from all that could be speech. */
  vowels: ReadTrack;
  /** The pitch of every second frame, as `pitchHz` reads it; 0 where there is none, and far from all that could be speech. */
  pitch: ReadTrack;
  /** How far the sound of five frames stands still (tonality.ts). */
  tonality: Uint8Array;
  /** Samples in flat tops at full scale, at the recording's rate, and in how many places. */
  clipped: { samples: number; places: number };
  /** Hz; null for a channel that is never louder than line noise. */
  bandwidthHz: number | null;
  /** The channel this one is a copy of, or null. */
  copyOf: number | null;
};

export type Listener = {
  /** Processes `length` samples of every channel at the recording's rate, full scale 1. Copies what it needs. */
  push(channels: readonly Float32Array[], length: number): void;
  finish(): Heard;
};

// The analysis window extends this far beyond a frame on either side, so that it is centred on it.
const LEAD = (WINDOW - FRAME) / 2;
const SLICE = 4096;
const FLUSH_ROOM = 2048;
// One-pole DC blocker with its corner at 8000 · (1 - R) / 2π ≈ 64 Hz: removes offsets and most of the mains hum.
const DC_POLE = 0.95;
/** The bands from 300 to 1080 Hz: where vowels are strongest, above the hum of a line. */
const [FIRST_VOWEL_BAND, END_OF_VOWELS] = [1, 7];

/** `startNet`: what decides of each channel's features; another one where examples are made to train it with. */
export function createListener(
  { sampleRate, channels: channelCount, codec }: RecordingFormat,
  startNet: StartVoiceNet = createVoiceNet,
): Listener {
  const resamplers = Array.from({ length: channelCount }, () => createResampler(sampleRate));
  const capacity = WINDOW + resamplers[0]!.room(SLICE) + FLUSH_ROOM;
  const buffers = Array.from({ length: channelCount }, () => new Float32Array(capacity));
  const blocked = Array.from({ length: channelCount }, () => ({ input: 0, output: 0 }));
  const levels = Array.from({ length: channelCount }, createByteTrack);
  const alike = Array.from({ length: channelCount }, createBitTrack);
  const vowels = Array.from({ length: channelCount }, () => createNearVoiceTrack(BLOCK_FRAMES));
  const pitch = Array.from({ length: channelCount }, () => createNearVoiceTrack(BLOCK_FRAMES / PITCH_STEP_FRAMES));
  const markers = Array.from({ length: channelCount }, (_, c) =>
    // The net answers what it was told of, so its features have read the pitch before it is let go of.
    createVoiceMarker((isNearVoice) => {
      vowels[c]!.decide(isNearVoice);
      pitch[c]!.decide(isNearVoice);
    }),
  );
  const tonality = Array.from({ length: channelCount }, createByteTrack);
  const loudness = createLoudnessMeter(sampleRate, channelCount);
  const clipMeters = Array.from({ length: channelCount }, () => createClipMeter(sampleRate, codec));
  const bandwidthMeters = Array.from({ length: channelCount }, () => createBandwidthMeter(sampleRate));
  const pitchTrackers = pitch.map(createPitchTracker);
  const tonalityMeters = tonality.map(createTonalityMeter);
  const nets = markers.map(({ hear }) => startNet(hear));
  const features = createVoiceFeatures(
    pitch.map((track, c) => ({ pitch: track, tonality: tonality[c]! })),
    (channel, told) => nets[channel]!.push(told),
  );
  const coupling = createCoupling(channelCount);
  const meter = createBandMeter();
  const squares = new Float64Array(channelCount);
  const codes = new Uint8Array(channelCount);
  let filled = LEAD;
  let samples = 0;

  function push(channels: readonly Float32Array[], length: number): void {
    loudness.push(channels, length);
    for (let c = 0; c < channelCount; c++) {
      clipMeters[c]!.push(channels[c]!, length);
      bandwidthMeters[c]!.push(channels[c]!, length);
    }
    for (let from = 0; from < length; from += SLICE) {
      const count = Math.min(SLICE, length - from);
      let written = 0;
      for (let c = 0; c < channelCount; c++) {
        const slice = from === 0 ? channels[c]! : channels[c]!.subarray(from, from + count);
        written = resamplers[c]!.push(slice, count, buffers[c]!, filled);
      }
      take(written);
    }
  }

  function take(written: number): void {
    for (let c = 0; c < channelCount; c++) {
      blockDc(buffers[c]!, filled, written, blocked[c]!);
      pitchTrackers[c]!.push(buffers[c]!, filled, written);
      tonalityMeters[c]!.push(buffers[c]!, filled, written);
    }
    filled += written;
    samples += written;
    let at = 0;
    for (; at + WINDOW <= filled; at += FRAME) listen(at);
    for (const buffer of buffers) buffer.copyWithin(0, at, filled);
    filled -= at;
  }

  function listen(at: number): void {
    const to = features.next();
    for (let c = 0; c < channelCount; c++) {
      const buffer = buffers[c]!;
      const square = sumOfSquares(buffer, at + LEAD);
      squares[c] = square;
      const level = levelCode(square / FRAME);
      levels[c]!.push(level);
      const energies = features.energies[c]!;
      meter(buffer, at, energies, to);
      let vowel = 0;
      for (let band = FIRST_VOWEL_BAND; band < END_OF_VOWELS; band++) vowel += energies[to + band]!;
      vowels[c]!.push(levelCode(vowel / BANDS));
      codes[c] = level;
    }
    const kinship = coupling.observe(buffers, at + LEAD, squares);
    for (let c = 0; c < channelCount; c++) alike[c]!.push(kinship[c]! > ALIKE);
    features.commit(codes, kinship);
  }

  function finish(): Heard {
    let written = 0;
    for (let c = 0; c < channelCount; c++) written = resamplers[c]!.flush(buffers[c]!, filled);
    take(written);
    const frames = Math.ceil(samples / FRAME);
    // Silence until the window of the last frame is full.
    const silence = frames * FRAME - samples + LEAD;
    for (const buffer of buffers) buffer.fill(0, filled, filled + silence);
    take(silence);
    for (const tracker of pitchTrackers) tracker.finish(Math.ceil(frames / PITCH_STEP_FRAMES));
    for (const one of tonalityMeters) one.finish(Math.ceil(frames / TONALITY_STEP_FRAMES));
    features.finish();
    for (const net of nets) net.finish(frames);
    for (const marker of markers) marker.finish();
    return {
      frames: levels[0]!.length(),
      channels: levels.map((track, c) => ({
        levels: track.bytes(),
        ...markers[c]!.marks,
        alike: alike[c]!,
        vowels: vowels[c]!,
        pitch: pitch[c]!,
        tonality: tonality[c]!.bytes(),
        clipped: clipMeters[c]!.finish(),
        bandwidthHz: bandwidthMeters[c]!.finish(),
        copyOf: coupling.copyOf(c),
      })),
      separationDb: coupling.separationDb(),
      loudness: loudness.finish(),
    };
  }

  return { push, finish };
}

function blockDc(buffer: Float32Array, at: number, length: number, state: { input: number; output: number }): void {
  let { input, output } = state;
  for (let i = at; i < at + length; i++) {
    const sample = buffer[i]!;
    output = sample - input + DC_POLE * output;
    input = sample;
    buffer[i] = output;
  }
  state.input = input;
  state.output = output;
}

function sumOfSquares(samples: Float32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + FRAME; i++) sum += samples[i]! * samples[i]!;
  return sum;
}
