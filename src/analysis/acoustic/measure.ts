import type { AcousticFindings, ChannelFindings } from "../contract";
import type { BitTrack } from "./bit-track";
import { conversationOf, type Conversation } from "./conversation";
import type { Heard, HeardChannel } from "./listener";
import type { CallMeasures, ChannelMeasures } from "./measures";
import { FRAME_MS } from "./rates";
import { codeOfDb } from "./scales";
import { holdsOf, lengthOf, longSilencesOf } from "./silences";
import { runs } from "./runs";
import { detectSpeech, speechLevelDb } from "./speech";
import { countSyllables } from "./syllables";
import { levelSpreadDb, pitchDynamics } from "./voice-dynamics";

type Measures = Pick<
  AcousticFindings,
  "channels" | "silenceSeconds" | "overlapSeconds" | "channelSeparationDb" | "call" | "warnings"
>;

/** In dB re full scale. A channel that never exceeds this for 10 ms was not connected. */
const DEAD_BELOW = codeOfDb(-65);
// In dB. Crosstalk of analogue lines is beyond 40, joint stereo at low rates 15 to 25. Below this it disturbs the
// measures.
const LOW_SEPARATION = 20;
const SLOW = 0.9;

/** Computes all measures from what was heard of `durationSeconds` of sound at `sampleRate`, and uses it up (`detectSpeech`). */
export function measure(heard: Heard, durationSeconds: number, sampleRate: number): Measures {
  const distinct = heard.channels
    .map((_, channel) => channel)
    .filter((channel) => heard.channels[channel]!.copyOf === null);
  const subject: Heard = { ...heard, channels: distinct.map((channel) => heard.channels[channel]!) };
  detectSpeech(subject);
  const endMs = Math.round(durationSeconds * 1000);
  const speech = subject.channels.map((channel) => spansOf(channel.speech, endMs));
  const music = subject.channels.map((channel) => spansOf(channel.music, endMs));
  const states = subject.channels.map(({ levels }) => (levels.every((level) => level <= DEAD_BELOW) ? "dead" : "live"));
  const live = states.filter((state) => state === "live").length;
  // One channel carries every party: who spoke is unknown.
  const turns = live < 2 ? null : conversationOf(speech);
  const talkMs = speech.map(lengthOf);
  const allTalk = talkMs.reduce((sum, ms) => sum + ms, 0);
  const channels = subject.channels.map((channel, index): ChannelFindings => {
    const speechLevel = speechLevelDb(channel.levels, channel.speech);
    const noiseLevel = speechLevelDb(channel.levels, channel.speech, false, channel.music);
    return {
      channel: distinct[index]!,
      state: states[index]!,
      talkSeconds: talkMs[index]! / 1000,
      segments: speech[index]!,
      speechLevelDb: rounded(speechLevel, 10),
      noiseLevelDb: rounded(noiseLevel, 10),
      measures: {
        talkShare: allTalk === 0 ? null : rounded(talkMs[index]! / allTalk, 1000),
        ...turnMeasures(turns, index),
        loudnessLufs: rounded(heard.loudness.channels[distinct[index]!] ?? null, 10),
        clippedSeconds: rounded(channel.clipped.samples / sampleRate, 10_000) ?? 0,
        clips: channel.clipped.places,
        snrDb: rounded(speechLevel - noiseLevel, 10),
        ...voiceMeasures(channel, talkMs[index]! / 1000),
        bandwidthHz: channel.bandwidthHz,
        musicSeconds: lengthOf(music[index]!) / 1000,
        music: music[index]!,
      },
    };
  });
  const separation = live < 2 ? null : heard.separationDb;
  const warnings: string[] = [];
  if (distinct.length < heard.channels.length) warnings.push("dual_mono");
  if (live < channels.length) warnings.push("dead_channel");
  if (separation !== null && separation < LOW_SEPARATION) warnings.push("low_channel_separation");
  return {
    channels,
    silenceSeconds: secondsWhere(subject, endMs, (count) => count === 0),
    overlapSeconds: live < 2 ? null : secondsWhere(subject, endMs, (count) => count > 1),
    channelSeparationDb: rounded(separation, 10),
    call: {
      loudnessLufs: rounded(heard.loudness.whole, 10),
      ...talkMeasures(turns, distinct, endMs),
      ...silenceMeasures(speech, music),
    },
    warnings,
  };
}

type TurnNames =
  | "turns"
  | "backchannels"
  | "interruptions"
  | "longestMonologueSeconds"
  | "longestMonologueAtSeconds"
  | "responses"
  | "responseSeconds"
  | "slowResponseSeconds";

function turnMeasures(known: Conversation | null, party: number): Pick<ChannelMeasures, TurnNames> {
  const own = known?.parties[party];
  const latencies = own?.latenciesMs.toSorted((one, other) => one - other) ?? [];
  const latencyAt = (share: number) => secondsOf(latencies[Math.ceil(share * latencies.length) - 1]);
  return {
    turns: own?.turns ?? null,
    backchannels: own?.backchannels ?? null,
    interruptions: known?.interruptions.filter(({ by }) => by === party).length ?? null,
    longestMonologueSeconds: secondsOf(own?.longestMonologueMs),
    longestMonologueAtSeconds: secondsOf(own?.longestMonologueAtMs),
    responses: own ? latencies.length : null,
    responseSeconds: latencyAt(0.5),
    slowResponseSeconds: latencyAt(SLOW),
  };
}

type VoiceNames = "pitchHz" | "pitchSpreadSemitones" | "pitchRangeSemitones" | "levelSpreadDb" | "syllablesPerSecond";

function voiceMeasures(
  { levels, pitch, vowels, speech }: HeardChannel,
  talkSeconds: number,
): Pick<ChannelMeasures, VoiceNames> {
  const voice = pitchDynamics(pitch, speech);
  return {
    pitchHz: rounded(voice?.medianHz ?? null, 10),
    pitchSpreadSemitones: rounded(voice?.spreadSemitones ?? null, 100),
    pitchRangeSemitones: rounded(voice?.rangeSemitones ?? null, 100),
    levelSpreadDb: rounded(levelSpreadDb(levels, speech), 10),
    syllablesPerSecond: talkSeconds === 0 ? null : rounded(countSyllables(vowels, speech) / talkSeconds, 100),
  };
}

function talkMeasures(
  known: Conversation | null,
  channels: readonly number[],
  endMs: number,
): Pick<CallMeasures, "switchesPerMinute" | "interruptions" | "interruptionCount"> {
  if (known === null) return { switchesPerMinute: null, interruptions: null, interruptionCount: null };
  const interruptions = known.interruptions.map((one) => ({ ...one, by: channels[one.by]!, of: channels[one.of]! }));
  return {
    switchesPerMinute: endMs === 0 ? null : rounded((known.switches * 60_000) / endMs, 10),
    interruptions,
    interruptionCount: interruptions.length,
  };
}

type SilenceNames =
  | "longSilences"
  | "longSilenceCount"
  | "longSilenceSeconds"
  | "longestSilenceSeconds"
  | "holds"
  | "holdSeconds";

function silenceMeasures(
  speech: readonly (readonly [number, number][])[],
  music: readonly (readonly [number, number][])[],
): Pick<CallMeasures, SilenceNames> {
  const holds = holdsOf(music);
  const longSilences = longSilencesOf(speech, holds);
  return {
    longSilences,
    longSilenceCount: longSilences.length,
    longSilenceSeconds: lengthOf(longSilences) / 1000,
    longestSilenceSeconds: longSilences.reduce((most, [start, end]) => Math.max(most, end - start), 0) / 1000,
    holds,
    holdSeconds: lengthOf(holds) / 1000,
  };
}

function spansOf(mask: BitTrack, endMs: number): [number, number][] {
  const spans: [number, number][] = [];
  for (const [start, end] of runs(mask)) {
    // The last frame may extend beyond the end of the recording.
    if (start * FRAME_MS < endMs) spans.push([start * FRAME_MS, Math.min(endMs, end * FRAME_MS)]);
  }
  return spans;
}

/** In seconds: where `test` holds for how many speak. */
function secondsWhere({ channels, frames }: Heard, endMs: number, test: (count: number) => boolean): number {
  let ms = 0;
  for (let i = 0; i < frames; i++) {
    let count = 0;
    for (const { speech } of channels) if (speech.at(i)) count++;
    if (test(count)) ms += Math.max(0, Math.min(FRAME_MS, endMs - i * FRAME_MS));
  }
  return Math.round(ms) / 1000;
}

function secondsOf(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms) / 1000;
}

/** To the nearest of so many parts of 1; null for what is none. */
function rounded(value: number | null, parts: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * parts) / parts;
}
