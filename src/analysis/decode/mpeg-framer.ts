import { freeFrameBytes, MPEG_HEADER_BYTES, parseMpegHeader, type MpegHeader } from "../../lib/audio/mpeg-header";
import { tagAt } from "../../lib/audio/tags";

/** Receives a run of whole frames. The array is reused, so read it before returning. */
export type FrameSink = (frames: Uint8Array, header: MpegHeader) => void;

/**
 * Cuts a byte stream into whole frames of one MPEG audio stream, so that the decoder never gets tags, cover pictures or
 * line noise. The stream's sample rate and layer are those of the first frame that is followed by another one. Other
 * bytes are counted as skipped.
 */
export type MpegFramer = {
  push(bytes: Uint8Array, sink: FrameSink): void;
  end(sink: FrameSink): void;
  /** Bytes that were neither frames nor tags. */
  skippedBytes(): number;
  /** The longest frame so far. */
  longestFrameBytes(): number;
};

type Frame = { header: MpegHeader; bytes: number };

const BUFFER_BYTES = 32 * 1024;
/**
 * How often a free-format length is searched for without success: each search is long, and noise may contain many such
 * headers.
 */
const MAX_FREE_LOOKS = 100;

export function createMpegFramer(): MpegFramer {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let filled = 0;
  let tagBytesLeft = 0;
  let skipped = 0;
  // The bytes skipped since the last frame or tag: they are the fields of an APE tag if its footer follows.
  let gap = 0;
  // Zeros after a tag are padding.
  let padding = false;
  let longest = 0;
  let stream: MpegHeader | null = null;
  let freeBytes: number | null = null;
  let freeLooks = 0;
  // Before sync, a frame counts only if another one follows: sync words also occur in noise.
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

  // Adjacent frames are passed on as one run: one call of the decoder for many frames.
  function drain(last: boolean, sink: FrameSink): void {
    const seen = buffer.subarray(0, filled);
    let at = 0;
    let runStart = 0;
    let run: MpegHeader | null = null;
    const flush = () => {
      if (run !== null) sink(buffer.subarray(runStart, at), run);
      run = null;
    };
    const skip = () => {
      flush();
      inSync = false;
      padding &&= buffer[at] === 0;
      if (!padding) {
        skipped++;
        gap++;
      }
      at++;
    };
    while (at < filled) {
      const tag = tagAt(seen, at);
      if (tag === "unclear" && !last) break;
      if (typeof tag === "object") {
        flush();
        skipped -= Math.min(tag.before, gap);
        gap = 0;
        padding = true;
        const inBuffer = Math.min(tag.bytes, filled - at);
        tagBytesLeft = tag.bytes - inBuffer;
        at += inBuffer;
        continue;
      }
      if (filled - at < MPEG_HEADER_BYTES && !last) break;
      const frame = frameAt(seen, at);
      if (frame === "unclear" && !last) break;
      if (typeof frame === "string") {
        skip();
        continue;
      }
      const end = at + frame.bytes;
      const follower = inSync ? "yes" : followed(seen, end);
      if (!last && (end > filled || follower === "unclear")) break;
      if (follower === "none" || end > filled) {
        skip();
        continue;
      }
      stream ??= frame.header;
      inSync = true;
      gap = 0;
      padding = false;
      longest = Math.max(longest, frame.bytes);
      if (frame.header.frameBytes === null) freeBytes = frame.bytes - frame.header.padding;
      if (run === null) runStart = at;
      run = frame.header;
      at = end;
    }
    flush();
    buffer.copyWithin(0, at, filled);
    filled -= at;
  }

  function frameAt(seen: Uint8Array, at: number): Frame | "none" | "unclear" {
    const header = parseMpegHeader(seen, at);
    if (header === null) return "none";
    if (stream !== null && (header.sampleRate !== stream.sampleRate || header.layer !== stream.layer)) return "none";
    if (header.frameBytes !== null) {
      return header.frameBytes < MPEG_HEADER_BYTES ? "none" : { header, bytes: header.frameBytes };
    }
    if (freeBytes !== null) return { header, bytes: freeBytes + header.padding };
    if (freeLooks >= MAX_FREE_LOOKS) return "none";
    const unpadded = freeFrameBytes(seen, at);
    if (unpadded === "none") freeLooks++;
    return typeof unpadded === "string" ? unpadded : { header, bytes: unpadded + header.padding };
  }

  function followed(seen: Uint8Array, at: number): "yes" | "none" | "unclear" {
    if (at + MPEG_HEADER_BYTES > filled) return "unclear";
    const tag = tagAt(seen, at);
    const next = tag === "none" ? frameAt(seen, at) : tag;
    return typeof next === "object" ? "yes" : next;
  }

  return { push, end: (sink) => drain(true, sink), skippedBytes: () => skipped, longestFrameBytes: () => longest };
}
