import type { ChannelFindings, Findings } from "../contract";
import type { Heard } from "./listener";
import { FRAME_MS } from "./rates";
import { codeOfDb } from "./scales";
import { detectSpeech, runs, speechLevelDb } from "./speech";

type Measures = Pick<Findings, "channels" | "silenceSeconds" | "overlapSeconds" | "channelSeparationDb" | "warnings">;

/** In dB re full scale. A channel that never exceeds this for 10 ms was not connected. */
const DEAD_BELOW = codeOfDb(-65);
// In dB. Crosstalk of analogue lines is beyond 40, joint stereo at low rates 15 to 25. Below this it disturbs the
// measures.
const LOW_SEPARATION = 20;

/** Computes talk, silence and overlap from the measurements of `durationSeconds` of sound. */
export function measure(heard: Heard, durationSeconds: number): Measures {
  const distinct = heard.channels
    .map((_, channel) => channel)
    .filter((channel) => heard.channels[channel]!.copyOf === null);
  const subject: Heard = { ...heard, channels: distinct.map((channel) => heard.channels[channel]!) };
  const masks = detectSpeech(subject);
  const endMs = Math.round(durationSeconds * 1000);
  const channels = subject.channels.map(({ levels }, index): ChannelFindings => {
    const mask = masks[index]!;
    const segments = segmentsOf(mask, endMs);
    return {
      channel: distinct[index]!,
      state: levels.every((level) => level <= DEAD_BELOW) ? "dead" : "live",
      talkSeconds: segments.reduce((sum, [start, end]) => sum + end - start, 0) / 1000,
      segments,
      speechLevelDb: tenth(speechLevelDb(levels, mask, 1)),
      noiseLevelDb: tenth(speechLevelDb(levels, mask, 0)),
    };
  });
  const live = channels.filter(({ state }) => state === "live").length;
  const separation = live < 2 ? null : heard.separationDb;
  const speakers = sumOf(masks, heard.frames);
  const warnings: string[] = [];
  if (distinct.length < heard.channels.length) warnings.push("dual_mono");
  if (live < channels.length) warnings.push("dead_channel");
  if (separation !== null && separation < LOW_SEPARATION) warnings.push("low_channel_separation");
  return {
    channels,
    silenceSeconds: secondsWhere(speakers, endMs, (count) => count === 0),
    overlapSeconds: live < 2 ? null : secondsWhere(speakers, endMs, (count) => count > 1),
    channelSeparationDb: separation === null ? null : tenth(separation),
    warnings,
  };
}

function segmentsOf(mask: Uint8Array, endMs: number): [number, number][] {
  const segments: [number, number][] = [];
  for (const [start, end] of runs(mask)) {
    // The last frame may extend beyond the end of the recording.
    if (start * FRAME_MS < endMs) segments.push([start * FRAME_MS, Math.min(endMs, end * FRAME_MS)]);
  }
  return segments;
}

function sumOf(masks: readonly Uint8Array[], frames: number): Uint8Array {
  const sum = new Uint8Array(frames);
  for (const mask of masks) for (let i = 0; i < frames; i++) sum[i] = sum[i]! + mask[i]!;
  return sum;
}

function secondsWhere(speakers: Uint8Array, endMs: number, test: (count: number) => boolean): number {
  let ms = 0;
  for (let i = 0; i < speakers.length; i++) {
    if (test(speakers[i]!)) ms += Math.max(0, Math.min(FRAME_MS, endMs - i * FRAME_MS));
  }
  return Math.round(ms) / 1000;
}

function tenth(db: number): number | null {
  return Number.isFinite(db) ? Math.round(db * 10) / 10 : null;
}
