import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { publicState, type Transcript } from "../../analysis";
import { taskIdOf } from "../../calls";
import type { RecordingSnapshot } from "../../events";
import { may } from "../../identity";
import type { RecordingRow } from "../../recordings";
import { playableRecordings } from "../recordings/playable";
import type { ApiDeps, ApiEnv } from "../router";
import { inParallel } from "../../lib/in-parallel";
import { findingsOf, transcriptOf, type CallFile } from "./call-file";
import type { agentIdentification, externalTask, speakerAnalysis, tags } from "./shapes";

/** The custom fields in which platforms send tags. */
const TAG_FIELDS = ["tags", "hooktags", "accounttags", "queueagenttags"];

type ExternalTask = z.infer<typeof externalTask>;

export async function viewTasks(c: Context<ApiEnv>, files: readonly CallFile[]): Promise<ExternalTask[]> {
  const kept = files.flatMap((file) => keptOf(file) ?? []);
  const audio = new Map((await playableRecordings(c, kept)).map((one) => [one.id, one]));
  // A few at a time: each reads what was found and said of its call.
  return inParallel(files, (file) => view(c, file, audio.get(keptOf(file)?.id ?? "")));
}

export async function viewTask(c: Context<ApiEnv>, file: CallFile): Promise<ExternalTask> {
  const kept = keptOf(file);
  const [audio] = await playableRecordings(c, kept ? [kept] : []);
  return view(c, file, audio);
}

function keptOf({ recordings }: CallFile): RecordingRow | undefined {
  return recordings.find((one) => one.state === "completed");
}

async function view(c: Context<ApiEnv>, file: CallFile, audio: RecordingSnapshot | undefined): Promise<ExternalTask> {
  const { deps, caller } = c.var;
  const [findings, transcript] = await Promise.all([
    findingsOf(deps, file),
    may(caller, "analyses:read") ? transcriptOf(deps, file) : null,
  ]);
  const segments = findings?.channels.flatMap(({ channel, segments: found }) => {
    const texts = textsOf(found, channel, transcript);
    return found.map(([start, end], at) => ({
      start: start / 1000,
      end: end / 1000,
      text: texts[at] ?? null,
      speaker: speakerOf(channel),
    }));
  });
  return {
    uuid: taskIdOf(file.callId),
    status: statusOf(file),
    result: segments ? { segments: segments.toSorted((one, other) => one.start - other.start) } : null,
    file_name: textOf(file, "file_name") ?? file.upload?.fileName ?? null,
    url: audio?.audio_url ?? null,
    audio_duration: findings?.durationSeconds ?? file.call?.durationSeconds ?? null,
    language: textOf(file, "language"),
    task_type: textOf(file, "task"),
    error: errorOf(file),
  };
}

/**
 * What was said in each stretch of speech of a channel, in the order of the stretches; null where nothing was. Each word of
 * the channel counts where its middle is, or to the nearest stretch: the engine that heard it did not hear the same edges.
 */
function textsOf(
  stretches: readonly (readonly [start: number, end: number])[],
  channel: number,
  transcript: Transcript | null,
): (string | null)[] {
  const said = stretches.map((): string[] => []);
  const own = transcript?.segments.filter((one) => one.channel === channel) ?? [];
  for (const [text, start, end] of own.flatMap(({ words }) => words)) {
    said[nearestTo((start + end) / 2, stretches)]?.push(text);
  }
  return said.map((words) => (words.length === 0 ? null : words.join(" ")));
}

/** Where the stretch is that has this moment, or is nearest to it; they do not overlap, the earliest first. An hour has a thousand. */
function nearestTo(moment: number, stretches: readonly (readonly [start: number, end: number])[]): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const half = (low + high) >> 1;
    if (stretches[half]![0] <= moment) low = half + 1;
    else high = half;
  }
  const [before, after] = [stretches[low - 1], stretches[low]];
  if (!before) return low;
  return after && after[0] - moment < moment - before[1] ? low : low - 1;
}

export function viewAgent({ callId, call }: CallFile): z.infer<typeof agentIdentification> {
  const operator =
    call?.operatorId && call.operatorName !== null ? { id: call.operatorId, name: call.operatorName } : null;
  return { uuid: taskIdOf(callId), operator, speaker: null, confidence: null };
}

export async function viewSpeakers(
  deps: Pick<ApiDeps, "bucket">,
  file: CallFile,
): Promise<z.infer<typeof speakerAnalysis>> {
  const findings = await findingsOf(deps, file);
  return {
    uuid: taskIdOf(file.callId),
    speakers: (findings?.channels ?? []).map((one) => ({
      speaker: speakerOf(one.channel),
      talk_seconds: one.talkSeconds,
      speech_level_db: one.speechLevelDb,
      noise_level_db: one.noiseLevelDb,
      segments: one.segments.map(([start, end]) => ({ start: start / 1000, end: end / 1000 })),
    })),
    silence_seconds: findings?.silenceSeconds ?? null,
    overlap_seconds: findings?.overlapSeconds ?? null,
  };
}

/** Tags are a list, or one text with commas ("campaign_1, support_queue"). */
export function viewTags({ callId, call }: CallFile): z.infer<typeof tags> {
  const values = TAG_FIELDS.flatMap((field) => call?.custom[field] ?? []).flatMap((value: unknown) => value);
  const words = values.flatMap((value) => (typeof value === "string" ? value.split(",") : []));
  return { uuid: taskIdOf(callId), tags: [...new Set(words.map((word) => word.trim()).filter(Boolean))] };
}

function statusOf({ call, recordings, analyses }: CallFile): z.infer<typeof externalTask>["status"] {
  if (!call || call.state === "in_progress" || recordings.some((one) => one.state === "pending")) return "pending";
  if (recordings.length > 0 && recordings.every((one) => one.state === "failed")) return "failed";
  if (analyses.some((one) => publicState(one) === "pending")) return "processing";
  return analyses.length > 0 && analyses.every((one) => one.state === "failed") ? "failed" : "completed";
}

function errorOf({ call, recordings, analyses }: CallFile): string | null {
  const failed = [...recordings, ...analyses].find((one) => one.state === "failed");
  return failed?.reason ?? call?.error ?? null;
}

function textOf({ call }: CallFile, field: string): string | null {
  const value = call?.custom[field];
  return typeof value === "string" ? value : null;
}

function speakerOf(channel: number): string {
  return `channel_${channel}`;
}
