import { z } from "zod";
import type { Result } from "../lib/result";
import { callMeasures, channelMeasures } from "./acoustic/measures";
import type { SampleSink } from "./decode/decoder";
import type { RecordingFile } from "./recording-file";

/**
 * An engine takes encoded audio and gives findings or a named failure. It keeps no state between calls, so one value
 * serves every analysis of an isolate. New measures are new optional fields of `Findings`; a changed meaning of an
 * existing one is a new `version`.
 */
export type AnalysisEngine = {
  readonly name: string;
  readonly version: string;
  analyse(input: AnalysisInput, deps: EngineDeps): Promise<Result<Findings, AnalysisFailure>>;
};

/** The deps of engines. An engine that runs inside the Worker needs none. */
export type EngineDeps = { fetch: typeof fetch; now(): number };

export type AnalysisInput = {
  /** The encoded recording from its first byte, in pieces of any size, never all in memory. Each holds until the next one is asked for. */
  chunks: AsyncIterable<Uint8Array>;
  /** The same bytes by place, for formats that are not read from front to back. */
  file: RecordingFile;
  /**
   * The media type from the platform. A hint only: the content decides, and this counts only where it has no signature.
   */
  mediaType?: string;
  /** Receives the decoded samples too, from an engine that decodes: what else is made of them needs no second pass. */
  alsoHear?: SampleSink;
};

/** All but `unreadable` and `unknown_engine` are about the recording itself: the same bytes end the same way again. */
export type AnalysisFailure =
  | { kind: "unsupported_format"; detail: string }
  | { kind: "corrupt"; detail: string }
  | { kind: "too_long"; limitSeconds: number }
  | { kind: "empty"; detail: string }
  /** The analysis was created by a version of Trunkline with an engine that this one does not have. */
  | { kind: "unknown_engine"; detail: string }
  /** The stream broke before its end, because of storage or network: worth another attempt. */
  | { kind: "unreadable"; detail: string };

const seconds = z.number().nonnegative();
const milliseconds = z.number().int().nonnegative();

const channelFindings = z.object({
  channel: z.number().int().nonnegative().describe("Its place in the recording: 0 is left."),
  state: z.enum(["live", "dead"]).describe("`dead`: never louder than line noise; the leg was not recorded."),
  talkSeconds: seconds,
  segments: z
    .array(z.tuple([milliseconds, milliseconds]))
    .describe("Speech as [start, end) from the start of the recording; pauses up to 200 ms are inside."),
  speechLevelDb: z.number().nullable().describe("RMS of the speech, dB re full scale; null without speech."),
  noiseLevelDb: z
    .number()
    .nullable()
    .describe("Background between the speech, dB re full scale; null if there is none."),
  measures: channelMeasures.optional().describe("Absent where version 1 of the engine measured."),
});

export const recordingFormat = z.object({
  container: z.string().describe("`wav`, `mp3`, `mp4`, `ogg`, …"),
  codec: z.string().describe("`pcm`, `float`, `mulaw`, `alaw`, `mp3`, `aac`, `opus`, …"),
  sampleRate: z.number().int().positive().describe("Hz"),
  channels: z.number().int().positive(),
  bitsPerSample: z.number().int().positive().optional().describe("Absent where the codec has no such thing."),
});

/** Codes, so that clients can use their own words. Engines may add codes; readers ignore unknown ones. */
export const analysisWarnings = {
  dual_mono: "Two channels carry the same signal; it was measured once, as mono.",
  dead_channel: "A channel carries nothing but line noise.",
  low_channel_separation: "One party is audible in the other's channel; talk and overlap are less certain.",
  truncated: "The file ends before the length it claims.",
  more_tracks: "The file has several sound tracks; only the main one was measured.",
  damaged: "Parts of the file could not be decoded and were skipped.",
} as const;

export type AnalysisWarning = keyof typeof analysisWarnings;

/** Measures of the sound itself. */
export const acousticFindings = z.object({
  kind: z.literal("acoustic"),
  durationSeconds: seconds,
  sampleRate: z.number().int().positive().describe("Hz, of the recording"),
  format: recordingFormat,
  channels: z.array(channelFindings).describe("One per distinct channel, in channel order."),
  silenceSeconds: seconds.describe("Nobody speaks."),
  overlapSeconds: seconds.nullable().describe("Two or more speak; null where one channel carries every party."),
  channelSeparationDb: z
    .number()
    .nullable()
    .describe("How far below a speaker the other channel hears them; null if not measurable."),
  call: callMeasures.optional().describe("Absent where version 1 of the engine measured."),
  warnings: z.array(z.string()),
});

/**
 * The findings of an engine, by kind. Safe to store and send as JSON: no NaN, no Infinity, all times rounded to the
 * millisecond. Findings stored before kinds existed are acoustic.
 */
export const findingsSchema = z.preprocess(
  (stored) =>
    typeof stored === "object" && stored !== null && !("kind" in stored) ? { ...stored, kind: "acoustic" } : stored,
  z.discriminatedUnion("kind", [acousticFindings]),
);

export type AcousticFindings = z.infer<typeof acousticFindings>;
export type RecordingFormat = z.infer<typeof recordingFormat>;
export type ChannelFindings = z.infer<typeof channelFindings>;
export type Findings = z.infer<typeof findingsSchema>;
