import type { SampleSink } from "../decode/decoder";

/** The lowest and the highest sample of each pixel and channel: what a player draws instead of decoding the audio. */
export type Peaks = {
  sampleRate: number;
  samplesPerPixel: number;
  channels: number;
  /** For every pixel, for every channel: the lowest, then the highest sample, of 8 bits. */
  data: Int8Array;
};

export type PeakMaker = { hear: SampleSink; finish(): Peaks | null };

/** Enough for a lane as wide as a screen from 100 seconds on, and 288 kB for an hour of two channels. */
const PIXELS_PER_SECOND = 20;
const FIRST_BYTES = 16 * 1024;
const FULL_SCALE = 32_768;
/** From 16 bits to 8, as audiowaveform does it: toward zero. */
const STEP = 256;

/** Finds the peaks of a recording while it is decoded, as audiowaveform finds them of 16-bit samples. */
export function createPeakMaker(): PeakMaker {
  let shape: { sampleRate: number; samplesPerPixel: number; channels: number } | null = null;
  let lowest = new Int32Array(0);
  let highest = new Int32Array(0);
  let data = new Int8Array(FIRST_BYTES);
  let written = 0;
  let heard = 0;

  const hear: SampleSink = (channels, length, { sampleRate }) => {
    if (shape === null) {
      shape = { sampleRate, samplesPerPixel: Math.floor(sampleRate / PIXELS_PER_SECOND), channels: channels.length };
      lowest = new Int32Array(channels.length);
      highest = new Int32Array(channels.length);
      startPixel();
    }
    for (let from = 0; from < length;) {
      const until = Math.min(length, from + shape.samplesPerPixel - heard);
      for (let channel = 0; channel < shape.channels; channel += 1) widen(channel, channels[channel]!, from, until);
      heard += until - from;
      from = until;
      if (heard === shape.samplesPerPixel) endPixel();
    }
  };

  function widen(channel: number, samples: Float32Array, from: number, until: number): void {
    let low = lowest[channel]!;
    let high = highest[channel]!;
    for (let at = from; at < until; at += 1) {
      const sample = samples[at]! * FULL_SCALE;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    lowest[channel] = Math.max(-FULL_SCALE, Math.round(low));
    highest[channel] = Math.min(FULL_SCALE - 1, Math.round(high));
  }

  function startPixel(): void {
    lowest.fill(FULL_SCALE - 1);
    highest.fill(-FULL_SCALE);
    heard = 0;
  }

  function endPixel(): void {
    const needed = written + 2 * lowest.length;
    if (needed > data.length) {
      data = new Int8Array(data.buffer.transfer(data.length * 2));
    }
    for (let channel = 0; channel < lowest.length; channel += 1) {
      data[written++] = Math.trunc(lowest[channel]! / STEP);
      data[written++] = Math.trunc(highest[channel]! / STEP);
    }
    startPixel();
  }

  function finish(): Peaks | null {
    if (shape === null) return null;
    // The last pixel may be shorter.
    if (heard > 0) endPixel();
    return written === 0 ? null : { ...shape, data: data.slice(0, written) };
  }

  return { hear, finish };
}
