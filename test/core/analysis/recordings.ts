import { decodeRecording, type Decoded } from "../../../src/analysis/decode/decode-recording";
import type { AnalysisFailure, RecordingFile } from "../../../src/analysis";
import type { Result } from "../../../src/lib/result";

/** The bytes behind a `data:…;base64,` URL, which is how tests get at fixture files. */
export function bytesOf(dataUrl: string): Uint8Array {
  return Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(",") + 1)), (char) => char.charCodeAt(0));
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A file of these bytes. */
export function inMemory(bytes: Uint8Array): RecordingFile {
  return { size: bytes.length, read: async (at, length) => bytes.subarray(at, at + length) };
}

/** Decodes all of a recording and keeps it: whole channels, for comparing. */
export async function decodeAll(
  bytes: Uint8Array,
  size = 65_536,
  maxSeconds = 3600,
  mediaType?: string,
): Promise<{ result: Result<Decoded, AnalysisFailure>; channels: Float32Array[] }> {
  const blocks: Float32Array[][] = [];
  const input = {
    chunks: inPieces(bytes, size),
    file: inMemory(bytes),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
  const result = await decodeRecording(input, maxSeconds, (channels, length) => {
    blocks.push(channels.map((samples) => samples.slice(0, length)));
  });
  return { result, channels: (blocks[0] ?? []).map((_, c) => concat(blocks.map((block) => block[c]!))) };
}

function concat(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same noise every time, -1 to 1: Numerical Recipes' generator. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/**
 * A voice of sorts: a buzz with formants' worth of overtones that swells and fades four times a second, as syllables
 * do, and whose pitch glides up and down, as no instrument's does.
 */
export function voice(
  rate: number,
  seconds: number,
  talk: readonly [number, number][],
  pitch = 140,
  seed = 1,
): Float32Array {
  const random = randomFrom(seed);
  // The integral of a tenth of the pitch, twice a second.
  const glide = (t: number) => (0.1 * pitch * Math.sin(2 * Math.PI * 2.1 * t + seed)) / (2 * Math.PI * 2.1);
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => {
    const t = i / rate;
    const noise = 0.0008 * random();
    const span = talk.find(([from, to]) => t >= from && t < to);
    if (span === undefined) return noise;
    let sum = 0;
    for (let overtone = 1; overtone * pitch < 3300; overtone++)
      sum += Math.sin(2 * Math.PI * overtone * (pitch * t + glide(t)) + overtone) / overtone ** 0.7;
    return noise + 0.06 * (0.6 - 0.4 * Math.cos(8 * Math.PI * (t - span[0]))) * sum;
  });
}
