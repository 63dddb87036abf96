import { z } from "@hono/zod-openapi";
import { acousticFindings, type Findings } from "../../analysis";

const seconds = z.number().nonnegative();
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
      }),
    ),
    silence_seconds: shape.silenceSeconds,
    overlap_seconds: shape.overlapSeconds,
    channel_separation_db: shape.channelSeparationDb,
    warnings: shape.warnings,
  })
  .openapi("Findings");

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
    },
    {
      channel: 1,
      state: "live",
      talk_seconds: 71.9,
      segments: [[4300, 9050]],
      speech_level_db: -22.7,
      noise_level_db: -58.9,
    },
  ],
  silence_seconds: 34.6,
  overlap_seconds: 3.7,
  channel_separation_db: 31.5,
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
    })),
    silence_seconds: found.silenceSeconds,
    overlap_seconds: found.overlapSeconds,
    channel_separation_db: found.channelSeparationDb,
    warnings: found.warnings,
  };
}
