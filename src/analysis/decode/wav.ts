import { err, ok, type Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisWarning, RecordingFormat } from "../contract";
import type { Decoder, SampleSink } from "./decoder";
import { FMT_BYTES_USED, parseWavFormat, type WavFormat } from "./wav-header";
import { spreadSamples } from "./wav-samples";

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const DS64_BYTES_USED = 16; // RIFF size, then data size, 64 bits each
const BLOCK_FRAMES = 4096;
// Recorders that write to a pipe do not know the length: they write 0, all ones (ffmpeg), or almost 2 GiB (sox).
const LARGEST_HONEST_SIZE = 0x7fff_0000;

/** What the next bytes are: a piece of known size to collect, bytes to pass over, or samples. */
type State =
  | { at: "riff" | "chunk" | "ds64" | "fmt"; need: number; chunkBytes: number }
  | { at: "skip"; left: number }
  | { at: "samples"; left: number };

/** Reads RIFF/WAVE and RF64 (EBU Tech 3306) as a stream: it never seeks and trusts no size in a header. */
export function createWavDecoder(): Decoder {
  const pending = new Uint8Array(64);
  let pendingBytes = 0;
  let state: State = { at: "riff", need: RIFF_HEADER_BYTES, chunkBytes: 0 };
  let format: WavFormat | null = null;
  let shown: RecordingFormat | null = null;
  let dataBytes64: number | null = null;
  let sawData = false;
  let sizeKnown = false;
  let channels: Float32Array[] = [];

  function push(bytes: Uint8Array, sink: SampleSink): Result<void, AnalysisFailure> {
    let at = 0;
    while (at < bytes.length) {
      if (state.at === "skip") {
        const jump = Math.min(state.left, bytes.length - at);
        at += jump;
        state.left -= jump;
        if (state.left === 0) state = nextChunk();
      } else if (state.at === "samples") {
        at += takeSamples(bytes, at, state, sink);
      } else {
        const take = Math.min(state.need - pendingBytes, bytes.length - at);
        pending.set(bytes.subarray(at, at + take), pendingBytes);
        pendingBytes += take;
        at += take;
        if (pendingBytes < state.need) continue;
        pendingBytes = 0;
        const next = read(state.at, state.need, state.chunkBytes);
        if (!next.ok) return next;
        state = next.value;
      }
    }
    return ok(undefined);
  }

  function read(
    at: "riff" | "chunk" | "ds64" | "fmt",
    bytes: number,
    chunkBytes: number,
  ): Result<State, AnalysisFailure> {
    const body = pending.subarray(0, bytes);
    const view = new DataView(pending.buffer, 0, bytes);
    if (at === "riff") return ok(nextChunk());
    if (at === "chunk") return chunkState(String.fromCharCode(...pending.subarray(0, 4)), view.getUint32(4, true));
    if (at === "ds64") {
      dataBytes64 = view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32;
    } else {
      const parsed = parseWavFormat(body);
      if (!parsed.ok) return parsed;
      format = parsed.value;
      shown = publicFormat(format);
      channels = Array.from({ length: format.channels }, () => new Float32Array(BLOCK_FRAMES));
    }
    return ok(skipState(padded(chunkBytes) - bytes));
  }

  function chunkState(id: string, size: number): Result<State, AnalysisFailure> {
    if (id === "fmt " && format === null) {
      const need = Math.min(size, FMT_BYTES_USED);
      if (need === 0) return err({ kind: "corrupt", detail: "empty fmt chunk" });
      return ok({ at: "fmt", need, chunkBytes: size });
    }
    if (id === "ds64" && size >= DS64_BYTES_USED) return ok({ at: "ds64", need: DS64_BYTES_USED, chunkBytes: size });
    if (id !== "data") return ok(skipState(padded(size)));
    if (format === null) return err({ kind: "corrupt", detail: "data chunk before fmt chunk" });
    const claimed = size === 0xffff_ffff && dataBytes64 !== null ? dataBytes64 : size < LARGEST_HONEST_SIZE ? size : 0;
    sawData = true;
    sizeKnown = claimed > 0;
    return ok({ at: "samples", left: sizeKnown ? claimed : Number.POSITIVE_INFINITY });
  }

  function nextChunk(): State {
    return { at: "chunk", need: CHUNK_HEADER_BYTES, chunkBytes: 0 };
  }

  function skipState(left: number): State {
    return left > 0 ? { at: "skip", left } : nextChunk();
  }

  // Returns how many bytes it took: whole frames straight from `bytes`, a frame cut by the border through `pending`.
  function takeSamples(bytes: Uint8Array, at: number, samples: { left: number }, sink: SampleSink): number {
    const current = format!; // chunkState lets no samples in before a format, and `shown` comes with it
    const frameBytes = current.bytesPerSample * current.channels;
    const available = Math.min(bytes.length - at, samples.left);
    if (pendingBytes > 0 || available < frameBytes) {
      const take = Math.min(frameBytes - pendingBytes, available);
      pending.set(bytes.subarray(at, at + take), pendingBytes);
      pendingBytes += take;
      if (pendingBytes === frameBytes) {
        pendingBytes = 0;
        spreadSamples(pending, 0, 1, current, channels);
        sink(channels, 1, shown!);
      }
      return taken(samples, take);
    }
    const frames = Math.min(Math.floor(available / frameBytes), BLOCK_FRAMES);
    spreadSamples(bytes, at, frames, current, channels);
    sink(channels, frames, shown!);
    return taken(samples, frames * frameBytes);
  }

  function taken(samples: { left: number }, count: number): number {
    samples.left -= count;
    // One data chunk is the recording; what follows is metadata.
    if (samples.left === 0) state = { at: "skip", left: Number.POSITIVE_INFINITY };
    return count;
  }

  function end(): Result<AnalysisWarning[], AnalysisFailure> {
    if (!sawData) return err({ kind: "corrupt", detail: "WAV ends before its data chunk" });
    const truncated = state.at === "samples" && sizeKnown;
    return ok(truncated ? ["truncated"] : []);
  }

  return { push, end, free: () => {} };
}

// Chunks are padded to an even length; their size does not include the padding.
function padded(size: number): number {
  return size + (size & 1);
}

function publicFormat(format: WavFormat): RecordingFormat {
  const { container, codec, sampleRate, channels, bitsPerSample } = format;
  return { container, codec, sampleRate, channels, ...(bitsPerSample === undefined ? {} : { bitsPerSample }) };
}
