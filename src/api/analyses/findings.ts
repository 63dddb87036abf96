import { z } from "@hono/zod-openapi";
import { acousticFindings, channelMeasuresOf, type Findings } from "../../analysis";
import { channelMeasures, exampleMeasures } from "../../events";

const seconds = z.number().nonnegative();
const spans = z.array(z.tuple([seconds, seconds]));
const { shape } = acousticFindings;
const channelShape = shape.channels.element.shape;

/** The findings of an engine, in the API's spelling. */
export const findings = z
  .object({
    duration_seconds: seconds,
    sample_rate: shape.sampleRate,
    format: z.object({
      container: z.string(),
      codec: z.string(),
      sample_rate: z.number().int().positive(),
      channels: z.number().int().positive(),
      bits_per_sample: z.number().int().positive().nullable(),
    }),
    channels: z.array(
      z.object({
        channel: channelShape.channel,
        state: channelShape.state,
        talk_seconds: seconds,
        segments: channelShape.segments,
        speech_level_db: channelShape.speechLevelDb,
        noise_level_db: channelShape.noiseLevelDb,
        measures: channelMeasures.nullable().describe("Null where version 1 of the engine measured."),
        music: spans.nullable().describe("Music and tones as [start, end) in seconds; null likewise."),
      }),
    ),
    silence_seconds: shape.silenceSeconds,
    overlap_seconds: shape.overlapSeconds,
    channel_separation_db: shape.channelSeparationDb,
    call: z
      .object({
        loudness_lufs: z.number().nullable().describe("Integrated loudness (EBU R128) of all channels together."),
        switches_per_minute: z.number().nullable().describe("How often the floor changed hands."),
        interruptions: z
          .array(
            z.object({
              by: z.number().int().describe("The channel of the party that took the floor."),
              of: z.number().int().describe("The channel of the party that had it."),
              at_seconds: seconds.describe("When it began."),
              overlap_seconds: seconds,
            }),
          )
          .nullable()
          .describe("Null where one channel carries every party."),
        long_silences: spans.describe("4 s or more in which nobody speaks, as [start, end) in seconds; holds apart."),
        holds: spans.describe("Music or tones for 5 s or more, as [start, end) in seconds."),
      })
      .nullable()
      .describe("Null where version 1 of the engine measured."),
    warnings: shape.warnings,
  })
  .openapi("Findings");

const [left, right] = exampleMeasures.channels ?? [];

export const exampleFindings: z.infer<typeof findings> = {
  duration_seconds: 187,
  sample_rate: 8000,
  format: { container: "mp3", codec: "mp3", sample_rate: 8000, channels: 2, bits_per_sample: null },
  channels: [
    {
      channel: 0,
      state: "live",
      talk_seconds: 84.2,
      segments: [[320, 4100]],
      speech_level_db: -24.1,
      noise_level_db: -61.3,
      measures: left ?? null,
      music: [[120.4, 132.8]],
    },
    {
      channel: 1,
      state: "live",
      talk_seconds: 71.9,
      segments: [[4300, 9050]],
      speech_level_db: -22.7,
      noise_level_db: -58.9,
      measures: right ?? null,
      music: [],
    },
  ],
  silence_seconds: 34.6,
  overlap_seconds: 3.7,
  channel_separation_db: 31.5,
  call: {
    loudness_lufs: -21.1,
    switches_per_minute: 12.8,
    interruptions: [{ by: 1, of: 0, at_seconds: 48.2, overlap_seconds: 0.7 }],
    long_silences: [[97.1, 103.3]],
    holds: [[120.4, 132.8]],
  },
  warnings: [],
};

/** Findings in the API's shape. */
export function viewFindings(found: Findings): z.infer<typeof findings> {
  return {
    duration_seconds: found.durationSeconds,
    sample_rate: found.sampleRate,
    format: {
      container: found.format.container,
      codec: found.format.codec,
      sample_rate: found.format.sampleRate,
      channels: found.format.channels,
      bits_per_sample: found.format.bitsPerSample ?? null,
    },
    channels: found.channels.map((channel) => ({
      channel: channel.channel,
      state: channel.state,
      talk_seconds: channel.talkSeconds,
      segments: channel.segments,
      speech_level_db: channel.speechLevelDb,
      noise_level_db: channel.noiseLevelDb,
      measures: channelMeasuresOf(channel),
      music: channel.measures ? inSeconds(channel.measures.music) : null,
    })),
    silence_seconds: found.silenceSeconds,
    overlap_seconds: found.overlapSeconds,
    channel_separation_db: found.channelSeparationDb,
    call: viewCall(found),
    warnings: found.warnings,
  };
}

function viewCall({ call }: Findings): z.infer<typeof findings>["call"] {
  if (!call) return null;
  const interruptions = call.interruptions?.map(({ by, of, atMs, overlapMs }) => {
    return { by, of, at_seconds: atMs / 1000, overlap_seconds: overlapMs / 1000 };
  });
  return {
    loudness_lufs: call.loudnessLufs,
    switches_per_minute: call.switchesPerMinute,
    interruptions: interruptions ?? null,
    long_silences: inSeconds(call.longSilences),
    holds: inSeconds(call.holds),
  };
}

function inSeconds(spansInMs: readonly (readonly [number, number])[]): [number, number][] {
  return spansInMs.map(([start, end]): [number, number] => [start / 1000, end / 1000]);
}
