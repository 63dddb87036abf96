import { measures, UNMEASURED, type ChannelMeasuresSnapshot, type MeasuresSnapshot } from "../events";
import { findingsSchema, type ChannelFindings, type Findings } from "./contract";

/** The public shape of what was measured, without times of single segments. */
export function measuresOf(stored: unknown): MeasuresSnapshot {
  const findings = findingsSchema.parse(stored);
  return measures.parse({
    duration_seconds: findings.durationSeconds,
    talk_seconds: findings.channels.map((channel) => channel.talkSeconds),
    silence_seconds: findings.silenceSeconds,
    overlap_seconds: findings.overlapSeconds,
    warnings: findings.warnings,
    ...newerMeasures(findings),
  });
}

function newerMeasures({ call, channels }: Findings): Omit<MeasuresSnapshot, keyof OldMeasures> {
  const each = channels.map(channelMeasuresOf);
  if (!call || each.some((one) => one === null)) return UNMEASURED;
  return {
    channels: each.filter((one) => one !== null),
    loudness_lufs: call.loudnessLufs,
    switches_per_minute: call.switchesPerMinute,
    interruptions: call.interruptionCount,
    long_silences: call.longSilenceCount,
    long_silence_seconds: call.longSilenceSeconds,
    longest_silence_seconds: call.longestSilenceSeconds,
    hold_seconds: call.holdSeconds,
  };
}

type OldMeasures = Pick<
  MeasuresSnapshot,
  "duration_seconds" | "talk_seconds" | "silence_seconds" | "overlap_seconds" | "warnings"
>;

/** The measures of a channel in the public spelling; null where version 1 of the engine measured. */
export function channelMeasuresOf({
  channel,
  measures: found,
}: Pick<ChannelFindings, "channel" | "measures">): ChannelMeasuresSnapshot | null {
  if (!found) return null;
  return {
    channel,
    talk_share: found.talkShare,
    turns: found.turns,
    backchannels: found.backchannels,
    interruptions: found.interruptions,
    longest_monologue_seconds: found.longestMonologueSeconds,
    longest_monologue_at_seconds: found.longestMonologueAtSeconds,
    responses: found.responses,
    response_seconds: found.responseSeconds,
    slow_response_seconds: found.slowResponseSeconds,
    loudness_lufs: found.loudnessLufs,
    clipped_seconds: found.clippedSeconds,
    clips: found.clips,
    snr_db: found.snrDb,
    pitch_hz: found.pitchHz,
    pitch_spread_semitones: found.pitchSpreadSemitones,
    pitch_range_semitones: found.pitchRangeSemitones,
    level_spread_db: found.levelSpreadDb,
    syllables_per_second: found.syllablesPerSecond,
    bandwidth_hz: found.bandwidthHz,
    music_seconds: found.musicSeconds,
  };
}
