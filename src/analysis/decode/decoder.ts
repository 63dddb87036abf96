import type { Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisWarning, RecordingFormat } from "../contract";

/**
 * Takes decoded audio: one array per channel, full scale at 1, `length` samples valid in each. The arrays belong to the
 * decoder and are overwritten by the next block, so whoever wants to keep samples copies them.
 */
export type SampleSink = (channels: readonly Float32Array[], length: number, format: RecordingFormat) => void;

/** One recording's decoder. Its memory does not grow with the length of the recording, whatever the headers claim. */
export type Decoder = {
  /** Decodes what can be decoded so far. `bytes` may end anywhere. After a failure the decoder takes no more. */
  push(bytes: Uint8Array, sink: SampleSink): Result<void, AnalysisFailure>;
  /** The stream is over: hands out what is left, and says whether this was a recording at all. */
  end(sink: SampleSink): Result<AnalysisWarning[], AnalysisFailure>;
  /** Gives its memory back; call it once, whatever happened. */
  free(): void;
};

export const MAX_CHANNELS = 8;
/** Hz. Below it there is no speech band left, above it nothing records calls. */
export const MIN_SAMPLE_RATE = 4_000;
export const MAX_SAMPLE_RATE = 192_000;
