import { MAX_FRAME_BYTES, MPEG_HEADER_BYTES, parseMpegHeader, type MpegHeader } from "./mpeg-header";

/** Takes a run of whole frames; the array is reused, so it is read before returning. */
export type FrameSink = (frames: Uint8Array, header: MpegHeader) => void;

/**
 * Cuts a byte stream into whole frames of one MPEG audio stream, so that the decoder behind it never meets ID3 tags,
 * cover pictures or line noise. The stream's sample rate and layer are those of the first frame that another one follows;
 * whatever does not fit is counted as skipped.
 */
export type MpegFramer = {
  push(bytes: Uint8Array, sink: FrameSink): void;
  end(sink: FrameSink): void;
  /** Bytes that were neither frames nor tags. */
  skippedBytes(): number;
};

const BUFFER_BYTES = 32 * 1024;
const ID3_HEADER_BYTES = 10;

export function createMpegFramer(): MpegFramer {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let filled = 0;
  let tagBytesLeft = 0;
  let skipped = 0;
  let stream: MpegHeader | null = null;
  // Outside sync a frame counts only if another follows: sync words turn up in noise.
  let inSync = false;

  function push(bytes: Uint8Array, sink: FrameSink): void {
    let at = 0;
    while (at < bytes.length) {
      const jump = filled === 0 ? Math.min(tagBytesLeft, bytes.length - at) : 0;
      tagBytesLeft -= jump;
      at += jump;
      const take = Math.min(BUFFER_BYTES - filled, bytes.length - at);
      buffer.set(bytes.subarray(at, at + take), filled);
      filled += take;
      at += take;
      drain(false, sink);
    }
  }

  // Frames that lie end to end go out as one run: one call into the decoder for many frames.
  function drain(last: boolean, sink: FrameSink): void {
    let at = 0;
    let runStart = 0;
    let run: MpegHeader | null = null;
    const flush = () => {
      if (run !== null) sink(buffer.subarray(runStart, at), run);
      run = null;
    };
    const skip = () => {
      inSync = false;
      skipped++;
      at++;
    };
    while (at < filled) {
      const tag = id3Bytes(at);
      if (tag === "unclear" && !last) break;
      if (typeof tag === "number") {
        flush();
        const inBuffer = Math.min(tag, filled - at);
        tagBytesLeft = tag - inBuffer;
        at += inBuffer;
        continue;
      }
      if (filled - at < MPEG_HEADER_BYTES && !last) break;
      const header = frameAt(at);
      if (header === null) {
        flush();
        skip();
        continue;
      }
      const end = at + header.frameBytes;
      const follower = inSync ? "yes" : followed(end);
      if (!last && (end > filled || follower === "unclear")) break;
      if (follower === "no" || end > filled) {
        flush();
        skip();
        continue;
      }
      stream ??= header;
      inSync = true;
      if (run === null) runStart = at;
      run = header;
      at = end;
    }
    flush();
    buffer.copyWithin(0, at, filled);
    filled -= at;
  }

  function frameAt(at: number): MpegHeader | null {
    const header = filled - at < MPEG_HEADER_BYTES ? null : parseMpegHeader(buffer, at);
    if (header === null || header.frameBytes > MAX_FRAME_BYTES || header.frameBytes < MPEG_HEADER_BYTES) return null;
    if (stream !== null && (header.sampleRate !== stream.sampleRate || header.layer !== stream.layer)) return null;
    return header;
  }

  function followed(at: number): "yes" | "no" | "unclear" {
    if (at + MPEG_HEADER_BYTES > filled) return "unclear";
    if (frameAt(at) !== null || typeof id3Bytes(at) === "number" || isId3v1(at)) return "yes";
    return "no";
  }

  function isId3v1(at: number): boolean {
    return at + 3 <= filled && buffer[at] === 0x54 && buffer[at + 1] === 0x41 && buffer[at + 2] === 0x47;
  }

  // ID3v2's length is four 7-bit bytes after a 10-byte header; a footer, if flagged, adds ten more.
  function id3Bytes(at: number): number | "none" | "unclear" {
    if (isId3v1(at)) return 128;
    if (buffer[at] !== 0x49) return "none";
    const left = filled - at;
    if (left < ID3_HEADER_BYTES) return "unclear";
    if (buffer[at + 1] !== 0x44 || buffer[at + 2] !== 0x33) return "none";
    const [a, b, c, d] = [buffer[at + 6]!, buffer[at + 7]!, buffer[at + 8]!, buffer[at + 9]!];
    if ((a | b | c | d) & 0x80) return "none";
    const footer = (buffer[at + 5]! & 0x10) !== 0 ? ID3_HEADER_BYTES : 0;
    return ID3_HEADER_BYTES + ((a << 21) | (b << 14) | (c << 7) | d) + footer;
  }

  return { push, end: (sink) => drain(true, sink), skippedBytes: () => skipped };
}
