import { parseMpegHeader } from "../../lib/audio/mpeg-header";
import { sniff, SNIFF_BYTES } from "../../lib/audio/sniff";
import { err, ok, type Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisInput, AnalysisWarning, RecordingFormat } from "../contract";
import type { Decoder, SampleSink } from "./decoder";
import { decodeFile } from "./ffmpeg/decode-file";
import { containerOf, type Container } from "./ffmpeg/demuxers";
import { createMp3Decoder } from "./mp3";
import { readPieces } from "./read-pieces";
import { createWavDecoder } from "./wav";
import { isPlainWav } from "./wav-header";

export type Decoded = { format: RecordingFormat; durationSeconds: number; warnings: AnalysisWarning[] };

/**
 * Decodes a recording into `sink`, piece by piece, and yields to other work in between. Safe for any bytes: what cannot
 * be decoded is a failure value. `maxSeconds` limits the decoded length, whatever the headers say.
 */
export async function decodeRecording(
  input: AnalysisInput,
  maxSeconds: number,
  sink: SampleSink,
): Promise<Result<Decoded, AnalysisFailure>> {
  const meter = createMeter(maxSeconds, sink);
  let decoder: Decoder | null = null;
  let container: Container | null = null;
  let warnings: AnalysisWarning[] = [];
  try {
    for await (const piece of readPieces(input.chunks, SNIFF_BYTES)) {
      if (!piece.ok) return piece;
      if (decoder === null) {
        const way = wayOf(piece.value, input.mediaType);
        if (!way.ok) return way;
        if ("demuxer" in way.value) {
          container = way.value;
          break;
        }
        decoder = way.value;
      }
      const pushed = decoder.push(piece.value, meter.sink);
      if (!pushed.ok) return pushed;
      if (meter.isOver()) return err({ kind: "too_long", limitSeconds: maxSeconds });
    }
    const ended = container
      ? await decodeFile(input.file, container, meter)
      : (decoder?.end(meter.sink) ?? err<AnalysisFailure>({ kind: "empty", detail: "no bytes" }));
    if (!ended.ok) return ended;
    warnings = ended.value;
  } finally {
    decoder?.free();
  }
  if (meter.isOver()) return err({ kind: "too_long", limitSeconds: maxSeconds });
  const total = meter.total();
  return total === null ? err({ kind: "empty", detail: "no audio samples" }) : ok({ ...total, warnings });
}

// Plain WAV and MP3 are read from front to back by decoders of their own, which are faster; everything else by FFmpeg
// (docs/understand/adr/0075-one-ffmpeg-module.md). The declared type counts only where the content has no signature, as
// in MP3 files that begin in the middle of a frame.
function wayOf(head: Uint8Array, mediaType: string | undefined): Result<Decoder | Container, AnalysisFailure> {
  const found = sniff(head);
  switch (found.kind) {
    case "audio": {
      if (found.mediaType === "audio/mpeg") return ok(createMp3Decoder());
      if (found.mediaType === "audio/wav" && isPlainWav(head)) return ok(createWavDecoder());
      const container = containerOf(found.mediaType, found.name);
      return container ? ok(container) : unsupported(found.name);
    }
    case "other":
      return unsupported(found.name);
    case "page":
      return isNamedMp3(mediaType) ? ok(createMp3Decoder()) : unsupported("text, perhaps an error page");
    case "unknown": {
      const isMp3 = parseMpegHeader(head, 0) !== null || isNamedMp3(mediaType);
      return isMp3 ? ok(createMp3Decoder()) : unsupported("unknown");
    }
  }
}

function isNamedMp3(mediaType: string | undefined): boolean {
  return /^audio\/(mpeg|mp3|x-mp3|mpeg3|x-mpeg)\b/i.test(mediaType ?? "");
}

function unsupported(name: string): Result<never, AnalysisFailure> {
  return err({ kind: "unsupported_format", detail: name });
}

// Counts the samples, and stops at the limit.
function createMeter(maxSeconds: number, sink: SampleSink) {
  let format: RecordingFormat | null = null;
  let samples = 0;
  let over = false;
  const count: SampleSink = (channels, length, of) => {
    format = of;
    samples += length;
    over ||= samples > maxSeconds * of.sampleRate;
    if (!over) sink(channels, length, of);
  };
  return {
    sink: count,
    isOver: () => over,
    total: () => (format === null || samples === 0 ? null : { format, durationSeconds: samples / format.sampleRate }),
  };
}
