import { z } from "zod";

const seconds = z.number().nonnegative();
const milliseconds = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
export const spans = z.array(z.tuple([milliseconds, milliseconds]));

/** Measures of one channel beyond who speaks when. Those of turns are null where one channel carries every party. */
export const channelMeasures = z.object({
  talkShare: z.number().min(0).max(1).nullable().describe("Of all speech of the call, 0 to 1; null without any."),
  turns: count.nullable(),
  backchannels: count.nullable().describe("Short utterances while another party keeps the floor."),
  interruptions: count.nullable().describe("How often this party took the floor from another who was speaking."),
  longestMonologueSeconds: seconds.nullable().describe("Others' backchannels do not end it."),
  longestMonologueAtSeconds: seconds.nullable(),
  responses: count.nullable().describe("Turns that began in silence after another party's."),
  responseSeconds: seconds.nullable().describe("Median time to respond; null without responses."),
  slowResponseSeconds: seconds.nullable().describe("Nine tenths of the responses were faster."),
  loudnessLufs: z.number().nullable().describe("Integrated loudness (EBU R128) of the channel by itself."),
  clippedSeconds: seconds.describe("In flat tops at full scale."),
  clips: count.describe("How many flat tops."),
  snrDb: z.number().nullable().describe("Speech above the background, dB."),
  pitchHz: z.number().nullable().describe("Median; null with less than half a second of voice."),
  pitchSpreadSemitones: z.number().nullable().describe("Standard deviation around the median."),
  pitchRangeSemitones: z.number().nullable().describe("From the 5th to the 95th percentile."),
  levelSpreadDb: z.number().nullable().describe("Standard deviation of the level from syllable to syllable."),
  syllablesPerSecond: z.number().nullable().describe("Of speech, from the sound alone."),
  bandwidthHz: z.number().nullable().describe("Up to where the channel carries sound."),
  musicSeconds: seconds.describe("Music and tones; none of it counts as speech."),
  music: spans,
});

/** Measures of the conversation as a whole. */
export const callMeasures = z.object({
  loudnessLufs: z.number().nullable().describe("Integrated loudness (EBU R128) of all channels together."),
  switchesPerMinute: z.number().nonnegative().nullable().describe("How often the floor changed hands."),
  interruptions: z
    .array(z.object({ by: count, of: count, atMs: milliseconds, overlapMs: milliseconds }))
    .nullable()
    .describe("Who took the floor from whom, by channel, and for how long both spoke."),
  interruptionCount: count.nullable(),
  longSilences: spans.describe("Nobody speaks for 4 s or more, between the first and the last word, holds apart."),
  longSilenceCount: count,
  longSilenceSeconds: seconds,
  longestSilenceSeconds: seconds,
  holds: spans.describe("A channel carries music or tones for 5 s or more."),
  holdSeconds: seconds,
});

export type ChannelMeasures = z.infer<typeof channelMeasures>;
export type CallMeasures = z.infer<typeof callMeasures>;
