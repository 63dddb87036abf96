import type { Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisWarning, RecordingFormat } from "../contract";

/**
 * Receives decoded audio: one array per channel, full scale at 1, `length` samples valid in each. The decoder
 * overwrites the arrays with the next block, so copy samples to keep them.
 */
export type SampleSink = (channels: readonly Float32Array[], length: number, format: RecordingFormat) => void;

/** A decoder of one recording. Its memory does not grow with the recording's length, whatever the headers say. */
export type Decoder = {
  /** Decodes as much as possible. `bytes` may end anywhere. After a failure, do not call it again. */
  push(bytes: Uint8Array, sink: SampleSink): Result<void, AnalysisFailure>;
  /** Call it at the end of the stream: gives the remaining samples, and whether this was a recording at all. */
  end(sink: SampleSink): Result<AnalysisWarning[], AnalysisFailure>;
  /** Frees its memory. Call it exactly once, also after a failure. */
  free(): void;
};

export const MAX_CHANNELS = 8;
/** In Hz. Below the first there is no speech band left; above the second nothing records calls. */
export const MIN_SAMPLE_RATE = 4_000;
export const MAX_SAMPLE_RATE = 192_000;
