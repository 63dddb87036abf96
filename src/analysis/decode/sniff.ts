import { parseMpegHeader } from "./mpeg-header";

/** What the first bytes say a recording is; `other` names what it is instead of something we decode. */
export type Sniffed = { kind: "wav" | "mp3" } | { kind: "other"; name: string };

/** How many first bytes `sniff` wants to see, when there are as many. */
export const SNIFF_BYTES = 16;

// Offset and ASCII signature of what calls arrive in, and of what arrives in place of a call.
const SIGNATURES: readonly [offset: number, signature: string, name: string][] = [
  [0, "RIFX", "big-endian WAV (RIFX)"],
  [0, "OggS", "Ogg (Opus or Vorbis)"],
  [0, "fLaC", "FLAC"],
  [4, "ftyp", "MP4/M4A"],
  [0, "\x1aE\xdf\xa3", "WebM/Matroska"],
  [0, "#!AMR", "AMR"],
  [0, "#!SILK", "SILK"],
  [0, "FORM", "AIFF"],
  [0, "caff", "CAF"],
  [0, ".snd", "AU"],
  [0, "\x30\x26\xb2\x75", "ASF/WMA"],
  [0, "ADIF", "AAC (ADIF)"],
  [0, "wvpk", "WavPack"],
  [0, "riff", "Wave64"],
  [0, "\x1f\x8b", "gzip"],
  [0, "PK\x03\x04", "ZIP"],
  [0, "%PDF", "PDF"],
];

/** Decides by content. `mediaType` counts only where the content has no signature, as in MP3 files that start mid-frame. */
export function sniff(head: Uint8Array, mediaType?: string): Sniffed {
  if (startsWith(head, 0, "RIFF") || startsWith(head, 0, "RF64") || startsWith(head, 0, "BW64")) {
    return startsWith(head, 8, "WAVE") ? { kind: "wav" } : { kind: "other", name: "RIFF without WAVE" };
  }
  if (startsWith(head, 0, "ID3")) return { kind: "mp3" };
  for (const [offset, signature, name] of SIGNATURES) {
    if (startsWith(head, offset, signature)) return { kind: "other", name };
  }
  if (parseMpegHeader(head, 0) !== null) return { kind: "mp3" };
  // ADTS shares MPEG's sync word and has the layer bits at zero, which no MPEG audio frame has.
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return { kind: "other", name: "AAC (ADTS)" };
  if (/^audio\/(mpeg|mp3|x-mp3|mpeg3|x-mpeg)\b/i.test(mediaType ?? "")) return { kind: "mp3" };
  if (looksLikeText(head)) return { kind: "other", name: "text, perhaps an error page" };
  return { kind: "other", name: "unknown" };
}

function startsWith(bytes: Uint8Array, offset: number, signature: string): boolean {
  if (bytes.length < offset + signature.length) return false;
  for (let i = 0; i < signature.length; i++) if (bytes[offset + i] !== signature.charCodeAt(i)) return false;
  return true;
}

function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
