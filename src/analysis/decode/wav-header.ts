import { err, ok, type Result } from "../../lib/result";
import type { AnalysisFailure, RecordingFormat } from "../contract";
import { MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "./decoder";

export type WavEncoding = "pcm8" | "pcm16" | "pcm24" | "pcm32" | "float32" | "float64" | "mulaw" | "alaw";

export type WavFormat = RecordingFormat & { encoding: WavEncoding; bytesPerSample: number };

/** `fmt ` is 16 bytes, 18 with an extension size, 40 in WAVE_FORMAT_EXTENSIBLE; what lies beyond is of no use. */
export const FMT_BYTES_USED = 40;

// WAVE_FORMAT_* tags of mmreg.h.
const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;
const FMT_MARK = 0x666d7420; // "fmt "
const NAMES_WE_CANNOT: Readonly<Record<number, string>> = {
  0x0002: "Microsoft ADPCM",
  0x0011: "IMA ADPCM",
  0x0022: "TrueSpeech",
  0x0031: "GSM 6.10",
  0x0040: "G.721 ADPCM",
  0x0050: "MPEG layer I/II",
  0x0055: "MPEG layer III",
  0x0083: "G.729",
  0x00ff: "AAC",
};
// The 14 bytes every KSDATAFORMAT_SUBTYPE_* GUID has after its format tag.
const SUBTYPE_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/**
 * Whether the samples are PCM, floats or G.711 in the usual byte order. Also where these first bytes do not show it: then
 * the header itself is unusual.
 */
export function isPlainWav(head: Uint8Array): boolean {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head[3] === 0x58) return false; // RIFX
  for (let at = 12; at + 8 <= head.length;) {
    const size = bytes.getUint32(at + 4, true);
    if (bytes.getUint32(at) === FMT_MARK) {
      const body = head.subarray(at + 8, at + 8 + Math.min(size, FMT_BYTES_USED));
      if (body.length < 2) return true;
      const tag = formatTag(new DataView(body.buffer, body.byteOffset, body.byteLength));
      return tag === PCM || tag === FLOAT || tag === ALAW || tag === MULAW;
    }
    at += 8 + size + (size & 1);
  }
  return true;
}

/** Reads the body of a `fmt ` chunk (its first `FMT_BYTES_USED` bytes, or all of a shorter one). */
export function parseWavFormat(body: Uint8Array): Result<WavFormat, AnalysisFailure> {
  if (body.length < 14) return err({ kind: "corrupt", detail: `fmt chunk of ${body.length} bytes` });
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const tag = formatTag(view);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const bits = body.length >= 16 ? view.getUint16(14, true) : 0;
  if (channels < 1 || channels > MAX_CHANNELS)
    return err({ kind: "unsupported_format", detail: `WAV with ${channels} channels` });
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    return err({ kind: "unsupported_format", detail: `WAV at ${sampleRate} Hz` });
  }
  const encoding = encodingOf(tag, bits);
  if (encoding === null) {
    const name = NAMES_WE_CANNOT[tag] ?? `format tag ${tag}`;
    return err({ kind: "unsupported_format", detail: `WAV with ${name}, ${bits} bits` });
  }
  const bytesPerSample = BYTES[encoding];
  const codec = encoding.replace(/\d+$/, "");
  // The container's width, from the encoding: writers of G.711 leave 0 or 16 in the header.
  return ok({
    container: "wav",
    codec,
    sampleRate,
    channels,
    bitsPerSample: bytesPerSample * 8,
    encoding,
    bytesPerSample,
  });
}

// Extensible headers keep the tag in the first two bytes of a GUID; 0 stands for a GUID that is none of Microsoft's.
function formatTag(view: DataView): number {
  const tag = view.getUint16(0, true);
  if (tag !== EXTENSIBLE) return tag;
  if (view.byteLength < FMT_BYTES_USED) return 0;
  return SUBTYPE_TAIL.every((byte, i) => view.getUint8(26 + i) === byte) ? view.getUint16(24, true) : 0;
}

const BYTES: Readonly<Record<WavEncoding, number>> = {
  pcm8: 1,
  pcm16: 2,
  pcm24: 3,
  pcm32: 4,
  float32: 4,
  float64: 8,
  mulaw: 1,
  alaw: 1,
};

function encodingOf(tag: number, bits: number): WavEncoding | null {
  if (tag === MULAW) return "mulaw";
  if (tag === ALAW) return "alaw";
  if (tag === FLOAT) return bits === 32 ? "float32" : bits === 64 ? "float64" : null;
  if (tag !== PCM || bits < 1 || bits > 32) return null;
  // Odd widths (12, 20 bits) sit left-justified in the next whole byte, so full scale is that of the container.
  return bits <= 8 ? "pcm8" : bits <= 16 ? "pcm16" : bits <= 24 ? "pcm24" : "pcm32";
}
