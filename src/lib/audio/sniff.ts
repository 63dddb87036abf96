import { adtsFrameBytes, freeFrameBytes, parseMpegHeader } from "./mpeg-header";
import { leadingTagBytes } from "./tags";

/**
 * The format of a file, by its first bytes. `headerBytes` is how many bytes precede the sound, where that is known: a
 * file that is not longer is empty. `other` is a known format that is no call audio, or that no player supports.
 */
export type Sniffed =
  | { kind: "audio"; mediaType: string; name: string; headerBytes: number }
  | { kind: "page"; text: string }
  | { kind: "other"; name: string }
  | { kind: "unknown" };

/** How many first bytes `sniff` needs: more than the tag of most MP3s and the broadcast chunks of most WAVs. */
export const SNIFF_BYTES = 4096;

/** The known media types, with their file extension and their name for people. */
const FORMATS: Readonly<Record<string, { extension: string; name: string }>> = {
  "audio/wav": { extension: "wav", name: "WAV" },
  "audio/mpeg": { extension: "mp3", name: "MP3" },
  "audio/ogg": { extension: "ogg", name: "Ogg (Opus, Vorbis or Speex)" },
  "audio/flac": { extension: "flac", name: "FLAC" },
  "audio/mp4": { extension: "m4a", name: "MP4/M4A" },
  "video/mp4": { extension: "mp4", name: "MP4/M4A" },
  "audio/webm": { extension: "webm", name: "WebM/Matroska" },
  "audio/x-matroska": { extension: "mka", name: "WebM/Matroska" },
  "audio/amr": { extension: "amr", name: "AMR" },
  "audio/amr-wb": { extension: "awb", name: "AMR" },
  "audio/aiff": { extension: "aiff", name: "AIFF" },
  "audio/basic": { extension: "au", name: "AU" },
  "audio/x-caf": { extension: "caf", name: "CAF" },
  "audio/aac": { extension: "aac", name: "AAC (ADTS)" },
  "audio/x-ms-wma": { extension: "wma", name: "ASF/WMA" },
  "audio/gsm": { extension: "gsm", name: "GSM 6.10" },
};

/** Formats that arrive in place of a call, or hold it in a form that neither browsers nor we can play. */
const OTHERS: readonly [signature: string, name: string][] = [
  ["RIFF", "RIFF without WAVE"],
  ["RF64", "RIFF without WAVE"],
  ["BW64", "RIFF without WAVE"],
  ["#!SILK", "SILK"],
  ["ADIF", "AAC (ADIF)"],
  ["wvpk", "WavPack"],
  ["riff", "Wave64"],
  ["\x1f\x8b", "gzip"],
  ["PK\x03\x04", "ZIP"],
  ["%PDF", "PDF"],
];

const GSM_FRAME_BYTES = 33;
const GSM_MARK = 0xd;
/** By chance this many agree once in a million million files. */
const GSM_FRAMES = 10;

/** The file extension of a media type, without the dot; `bin` for an unknown one. */
export function extensionOf(mediaType: string): string {
  return FORMATS[mediaType]?.extension ?? "bin";
}

/** Decides by content, never by the file name or the declared type: error pages are often served as audio. */
export function sniff(head: Uint8Array): Sniffed {
  return sniffTagged(head) ?? sniffSigned(head) ?? sniffOther(head) ?? sniffPage(head) ?? sniffFrames(head) ?? UNKNOWN;
}

const UNKNOWN: Sniffed = { kind: "unknown" };

// Tags are typical of MP3, but FLAC and AAC files have them too. If the sound is beyond the bytes read, it is taken for
// MP3.
function sniffTagged(head: Uint8Array): Sniffed | undefined {
  const tags = leadingTagBytes(head);
  if (tags === 0) return undefined;
  const rest = head.subarray(tags);
  const found = sniffSigned(rest) ?? sniffFrames(rest);
  return found?.kind === "audio"
    ? audio(found.mediaType, tags + found.headerBytes, found.name)
    : audio("audio/mpeg", tags);
}

function sniffSigned(head: Uint8Array): Sniffed | undefined {
  const start = ascii(head, 0, 12);
  if (/^(RIFF|RF64|BW64)[^]{4}WAVE/.test(start)) return audio("audio/wav", wavHeader(head));
  if (start.startsWith("RIFX")) return audio("audio/wav", wavHeader(head), "big-endian WAV (RIFX)");
  if (start.startsWith("OggS")) return audio("audio/ogg");
  if (start.startsWith("fLaC")) return audio("audio/flac");
  if (start.startsWith("ftyp", 4)) return audio(/^(M4A|M4B)/.test(start.slice(8)) ? "audio/mp4" : "video/mp4");
  if (start.startsWith("\x1aE\xdf\xa3"))
    return audio(ascii(head, 0, 64).includes("webm") ? "audio/webm" : "audio/x-matroska");
  if (start.startsWith("#!AMR-WB")) return audio("audio/amr-wb", 9);
  if (start.startsWith("#!AMR")) return audio("audio/amr", 6);
  if (/^FORM[^]{4}AIF[FC]/.test(start)) return audio("audio/aiff");
  if (start.startsWith(".snd")) return audio("audio/basic", head.length < 8 ? 24 : view(head).getUint32(4));
  if (start.startsWith("caff")) return audio("audio/x-caf");
  return start.startsWith("\x30\x26\xb2\x75\x8e\x66\xcf\x11") ? audio("audio/x-ms-wma") : undefined;
}

function sniffOther(head: Uint8Array): Sniffed | undefined {
  const start = ascii(head, 0, 12);
  const name = OTHERS.find(([signature]) => start.startsWith(signature))?.[1];
  return name === undefined ? undefined : { kind: "other", name };
}

function sniffPage(head: Uint8Array): Sniffed | undefined {
  const text = readText(head);
  return text === undefined ? undefined : { kind: "page", text };
}

// A frame header has only 11 fixed bits, so a single one counts only at the very start; further on two in a row must
// agree. Recorders that cut a running stream begin in the middle of a frame.
function sniffFrames(head: Uint8Array): Sniffed | undefined {
  // Free format needs three headers at equal distance, and is only looked for at the start of a file.
  if (typeof freeFrameBytes(head, 0) === "number") return audio("audio/mpeg");
  for (let offset = 0; offset < Math.min(head.length, 2048); offset += 1) {
    if (head[offset] !== 0xff) continue;
    if (chains(head, offset, mpegFrameBytes)) return audio("audio/mpeg");
    if (chains(head, offset, adtsFrameBytes)) return audio("audio/aac");
  }
  return isGsm(head) ? audio("audio/gsm") : undefined;
}

// Asterisk's files of the name .gsm: frames of 33 bytes and nothing else, each with the same four first bits.
function isGsm(head: Uint8Array): boolean {
  if (head.length < GSM_FRAMES * GSM_FRAME_BYTES) return false;
  for (let offset = 0; offset < head.length; offset += GSM_FRAME_BYTES) {
    if (head[offset]! >> 4 !== GSM_MARK) return false;
  }
  return true;
}

// No telephone platform sends layer I, and a byte order mark followed by text looks like it.
function mpegFrameBytes(head: Uint8Array, offset: number): number | undefined {
  const header = parseMpegHeader(head, offset);
  return header === null || header.layer === 1 ? undefined : (header.frameBytes ?? undefined);
}

function chains(head: Uint8Array, offset: number, bytesAt: typeof mpegFrameBytes): boolean {
  const length = bytesAt(head, offset);
  if (length === undefined) return false;
  const next = offset + length;
  return next + 7 <= head.length ? bytesAt(head, next) !== undefined : offset === 0;
}

// Walks the chunks up to the samples. The declared size of the samples is not used: recorders that write to a pipe
// leave it 0.
function wavHeader(head: Uint8Array): number {
  const bytes = view(head);
  const littleEndian = head[3] !== 0x58;
  let offset = 12;
  while (offset + 8 <= head.length) {
    if (ascii(head, offset, 4) === "data") return offset + 8;
    const size = bytes.getUint32(offset + 4, littleEndian);
    offset += 8 + size + (size % 2);
  }
  return Math.max(offset, 44);
}

function readText(head: Uint8Array): string | undefined {
  if (head.length === 0) return undefined;
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
  // The end of the bytes read may cut the last character.
  const text = new TextDecoder(encoding).decode(head).replace(/\uFFFD{1,3}$/, "");
  const latin = text.includes("\uFFFD") && /^\s*[<{[]/.test(text);
  if (text.includes("\uFFFD") && !latin) return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
}

function audio(mediaType: string, headerBytes = 0, name = FORMATS[mediaType]?.name ?? mediaType): Sniffed {
  return { kind: "audio", mediaType, name, headerBytes };
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
