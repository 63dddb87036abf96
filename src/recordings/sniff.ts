import { adtsFrameLength, mpegFrameLength } from "./mpeg-frame";

/**
 * What the first bytes say a file is. `headerBytes` is how many of them come before any sound, where that is known: a file
 * no longer than that is empty.
 */
export type Sniffed =
  | { kind: "audio"; mediaType: string; headerBytes: number }
  | { kind: "page"; text: string }
  | { kind: "unknown" };

/** How many first bytes `sniff` wants to see: past the tag of most MP3s and the broadcast chunks of most WAVs. */
export const SNIFF_BYTES = 4096;

const EXTENSIONS: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
  "audio/mp4": "m4a",
  "video/mp4": "mp4",
  "audio/webm": "webm",
  "audio/x-matroska": "mka",
  "audio/amr": "amr",
  "audio/amr-wb": "awb",
  "audio/aiff": "aiff",
  "audio/basic": "au",
  "audio/x-caf": "caf",
  "audio/aac": "aac",
  "audio/x-ms-wma": "wma",
};

/** The file extension of a media type, without the dot; `bin` for one we only know by name. */
export function extensionOf(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? "bin";
}

/** Decides by content, never by the name or the declared type: an error page is often served as audio. */
export function sniff(head: Uint8Array): Sniffed {
  return sniffSigned(head) ?? sniffPage(head) ?? sniffFrames(head) ?? { kind: "unknown" };
}

function sniffSigned(head: Uint8Array): Sniffed | undefined {
  const start = ascii(head, 0, 12);
  if (/^(RIFF|RF64|BW64)[^]{4}WAVE/.test(start) || start.startsWith("RIFX")) return audio("audio/wav", wavHeader(head));
  if (start.startsWith("ID3")) return audio("audio/mpeg", id3Length(head));
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

function sniffPage(head: Uint8Array): Sniffed | undefined {
  const text = readText(head);
  return text === undefined ? undefined : { kind: "page", text };
}

// A frame header is 11 fixed bits, so one alone is believed only at the very start; further in, two in a row must agree.
// Recorders that cut a running stream begin in the middle of a frame.
function sniffFrames(head: Uint8Array): Sniffed | undefined {
  for (let offset = 0; offset < Math.min(head.length, 2048); offset += 1) {
    if (head[offset] !== 0xff) continue;
    if (chains(head, offset, mpegFrameLength)) return audio("audio/mpeg");
    if (chains(head, offset, adtsFrameLength)) return audio("audio/aac");
  }
  return undefined;
}

function chains(head: Uint8Array, offset: number, lengthAt: typeof mpegFrameLength): boolean {
  const length = lengthAt(head, offset);
  if (length === undefined) return false;
  const next = offset + length;
  return next + 7 <= head.length ? lengthAt(head, next) !== undefined : offset === 0;
}

// Walks the chunks to where the samples begin. Their declared size is not asked: recorders that write to a pipe leave it 0.
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

function id3Length(head: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  return 10 + ((a & 127) << 21) + ((b & 127) << 14) + ((c & 127) << 7) + (d & 127);
}

function readText(head: Uint8Array): string | undefined {
  if (head.length === 0) return undefined;
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
  // The last characters may be cut in half by the end of what was peeked at.
  const text = new TextDecoder(encoding).decode(head).replace(/\uFFFD{1,3}$/, "");
  const latin = text.includes("\uFFFD") && /^\s*[<{[]/.test(text);
  if (text.includes("\uFFFD") && !latin) return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
}

function audio(mediaType: string, headerBytes = 0): Sniffed {
  return { kind: "audio", mediaType, headerBytes };
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
