import { ALAW_TO_LINEAR, MULAW_TO_LINEAR } from "./g711";
import type { WavFormat } from "./wav-header";

/**
 * Spreads interleaved samples over `channels`, full scale 1. `bytes` holds `frames` whole frames from `start`; a frame
 * is one sample of every channel.
 */
export function spreadSamples(
  bytes: Uint8Array,
  start: number,
  frames: number,
  format: WavFormat,
  channels: readonly Float32Array[],
): void {
  const { encoding, bytesPerSample } = format;
  const stride = bytesPerSample * channels.length;
  for (const [index, out] of channels.entries()) {
    const at = start + index * bytesPerSample;
    switch (encoding) {
      case "pcm8":
        spreadPcm8(bytes, at, stride, frames, out);
        break;
      case "pcm16":
        spreadPcm16(bytes, at, stride, frames, out);
        break;
      case "pcm24":
        spreadPcm24(bytes, at, stride, frames, out);
        break;
      case "pcm32":
        spreadPcm32(bytes, at, stride, frames, out);
        break;
      case "float32":
      case "float64":
        spreadFloat(bytes, at, stride, frames, out, encoding === "float64");
        break;
      case "mulaw":
        spreadTable(bytes, at, stride, frames, out, MULAW_TO_LINEAR);
        break;
      case "alaw":
        spreadTable(bytes, at, stride, frames, out, ALAW_TO_LINEAR);
        break;
    }
  }
}

// 8-bit PCM alone is unsigned.
function spreadPcm8(bytes: Uint8Array, at: number, stride: number, frames: number, out: Float32Array): void {
  for (let i = 0, p = at; i < frames; i++, p += stride) out[i] = (bytes[p]! - 128) / 128;
}

function spreadPcm16(bytes: Uint8Array, at: number, stride: number, frames: number, out: Float32Array): void {
  for (let i = 0, p = at; i < frames; i++, p += stride) {
    out[i] = ((bytes[p]! << 16) | (bytes[p + 1]! << 24)) / 2 ** 31;
  }
}

function spreadPcm24(bytes: Uint8Array, at: number, stride: number, frames: number, out: Float32Array): void {
  for (let i = 0, p = at; i < frames; i++, p += stride) {
    out[i] = ((bytes[p]! << 8) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 24)) / 2 ** 31;
  }
}

function spreadPcm32(bytes: Uint8Array, at: number, stride: number, frames: number, out: Float32Array): void {
  for (let i = 0, p = at; i < frames; i++, p += stride) {
    out[i] = (bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24)) / 2 ** 31;
  }
}

// A float file may contain anything, and one NaN would make every later sum NaN.
function spreadFloat(
  bytes: Uint8Array,
  at: number,
  stride: number,
  frames: number,
  out: Float32Array,
  double: boolean,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0, p = at; i < frames; i++, p += stride) {
    const value = double ? view.getFloat64(p, true) : view.getFloat32(p, true);
    out[i] = value > 1 ? 1 : value < -1 ? -1 : Number.isNaN(value) ? 0 : value;
  }
}

function spreadTable(
  bytes: Uint8Array,
  at: number,
  stride: number,
  frames: number,
  out: Float32Array,
  table: Float32Array,
): void {
  for (let i = 0, p = at; i < frames; i++, p += stride) out[i] = table[bytes[p]!]!;
}
