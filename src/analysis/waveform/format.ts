import type { Peaks } from "./peaks";

// The data format of BBC's audiowaveform, version 2, little-endian: int32 version, uint32 flags, int32 sample rate,
// int32 samples per pixel, uint32 length in pixels, int32 channels; then the data, lowest before highest.
const VERSION = 2;
const EIGHT_BITS = 1;
const HEADER_BYTES = 24;

/** The peaks as a `.dat` file of audiowaveform, version 2. */
export function waveformFileOf({ sampleRate, samplesPerPixel, channels, data }: Peaks): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEADER_BYTES + data.length);
  const header = new DataView(file.buffer);
  header.setInt32(0, VERSION, true);
  header.setUint32(4, EIGHT_BITS, true);
  header.setInt32(8, sampleRate, true);
  header.setInt32(12, samplesPerPixel, true);
  header.setUint32(16, lengthOf(data, channels), true);
  header.setInt32(20, channels, true);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.length), HEADER_BYTES);
  return file;
}

/** Reads a file of `waveformFileOf`; null for one that it is not. */
export function readWaveformFile(file: ArrayBuffer): Peaks | null {
  if (file.byteLength < HEADER_BYTES) return null;
  const header = new DataView(file);
  if (header.getInt32(0, true) !== VERSION || header.getUint32(4, true) !== EIGHT_BITS) return null;
  const channels = header.getInt32(20, true);
  const bytes = header.getUint32(16, true) * channels * 2;
  if (channels < 1 || bytes !== file.byteLength - HEADER_BYTES) return null;
  return {
    sampleRate: header.getInt32(8, true),
    samplesPerPixel: header.getInt32(12, true),
    channels,
    data: new Int8Array(file, HEADER_BYTES),
  };
}

/** The same as audiowaveform's JSON, for players that read it: waveform-data.js, peaks.js. */
export function waveformJsonOf({ sampleRate, samplesPerPixel, channels, data }: Peaks): string {
  const head = {
    version: VERSION,
    channels,
    sample_rate: sampleRate,
    samples_per_pixel: samplesPerPixel,
    bits: 8,
    length: lengthOf(data, channels),
  };
  return `${JSON.stringify(head).slice(0, -1)},"data":[${data.join(",")}]}`;
}

function lengthOf(data: Int8Array, channels: number): number {
  return data.length / 2 / channels;
}
