import { z } from "@hono/zod-openapi";

const seconds = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** Measures of one channel, as events carry them. Those of turns are null where one channel carries every party. */
export const channelMeasures = z
  .object({
    channel: count.describe("Its place in the recording: 0 is left."),
    talk_share: z.number().min(0).max(1).nullable().describe("Of all speech of the call; null without any."),
    turns: count.nullable(),
    backchannels: count.nullable().describe("Short utterances while another party keeps the floor."),
    interruptions: count.nullable().describe("How often this party took the floor from another who was speaking."),
    longest_monologue_seconds: seconds.nullable().describe("Backchannels of others do not end it."),
    longest_monologue_at_seconds: seconds.nullable(),
    responses: count.nullable().describe("Turns that began in silence after another party's."),
    response_seconds: seconds.nullable().describe("Median time to respond; null without responses."),
    slow_response_seconds: seconds.nullable().describe("Nine tenths of the responses were faster."),
    loudness_lufs: z.number().nullable().describe("Integrated loudness (EBU R128) of the channel by itself."),
    clipped_seconds: seconds.describe("In flat tops at full scale."),
    clips: count.describe("How many flat tops."),
    snr_db: z.number().nullable().describe("Speech above the background, dB."),
    pitch_hz: z.number().nullable().describe("Median; null with less than half a second of voice."),
    pitch_spread_semitones: z.number().nullable().describe("Standard deviation around the median."),
    pitch_range_semitones: z.number().nullable().describe("From the 5th to the 95th percentile."),
    level_spread_db: z.number().nullable().describe("Standard deviation of the level from syllable to syllable."),
    syllables_per_second: z.number().nullable().describe("Of speech, estimated from the sound alone."),
    bandwidth_hz: z.number().nullable().describe("Up to where the channel carries sound."),
    music_seconds: seconds.describe("Music and tones; none of it counts as speech."),
  })
  .openapi("ChannelMeasures");

/** What was measured in a recording. */
export const measures = z
  .object({
    duration_seconds: z.number(),
    talk_seconds: z.array(z.number()).describe("Speech per channel, in channel order."),
    silence_seconds: z.number(),
    overlap_seconds: z.number().nullable().describe("Null where one channel carries both parties."),
    warnings: z.array(z.string()),
    channels: z
      .array(channelMeasures)
      .nullable()
      .describe("Null, as all that follow, where version 1 of the engine measured. Events from before have none."),
    loudness_lufs: z.number().nullable().describe("Integrated loudness (EBU R128) of all channels together."),
    switches_per_minute: z.number().nullable().describe("How often the floor changed hands; null in one channel."),
    interruptions: count.nullable().describe("Of all parties together; null in one channel."),
    long_silences: count.nullable().describe("4 s or more in which nobody speaks, holds apart."),
    long_silence_seconds: seconds.nullable(),
    longest_silence_seconds: seconds.nullable(),
    hold_seconds: seconds.nullable().describe("In stretches of music or tones of 5 s or more."),
  })
  .openapi("Measures");

export type ChannelMeasuresSnapshot = z.infer<typeof channelMeasures>;
export type MeasuresSnapshot = z.infer<typeof measures>;

/** Of a recording that was measured before the measures of version 2. */
export const UNMEASURED = {
  channels: null,
  loudness_lufs: null,
  switches_per_minute: null,
  interruptions: null,
  long_silences: null,
  long_silence_seconds: null,
  longest_silence_seconds: null,
  hold_seconds: null,
} as const;

const exampleChannel: ChannelMeasuresSnapshot = {
  channel: 0,
  talk_share: 0.539,
  turns: 21,
  backchannels: 3,
  interruptions: 1,
  longest_monologue_seconds: 14.2,
  longest_monologue_at_seconds: 61.4,
  responses: 17,
  response_seconds: 0.58,
  slow_response_seconds: 1.9,
  loudness_lufs: -23.4,
  clipped_seconds: 0,
  clips: 0,
  snr_db: 37.2,
  pitch_hz: 118.4,
  pitch_spread_semitones: 2.31,
  pitch_range_semitones: 7.6,
  level_spread_db: 4.1,
  syllables_per_second: 4.3,
  bandwidth_hz: 3400,
  music_seconds: 12.4,
};

export const exampleMeasures: MeasuresSnapshot = {
  duration_seconds: 187,
  talk_seconds: [84.2, 71.9],
  silence_seconds: 34.6,
  overlap_seconds: 3.7,
  warnings: [],
  channels: [
    exampleChannel,
    {
      ...exampleChannel,
      channel: 1,
      talk_share: 0.461,
      turns: 20,
      interruptions: 2,
      pitch_hz: 203.1,
      loudness_lufs: -24.8,
      music_seconds: 0,
    },
  ],
  loudness_lufs: -21.1,
  switches_per_minute: 12.8,
  interruptions: 3,
  long_silences: 1,
  long_silence_seconds: 6.2,
  longest_silence_seconds: 6.2,
  hold_seconds: 12.4,
};
