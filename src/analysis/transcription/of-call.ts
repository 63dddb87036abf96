import type { CallRow, Conversation } from "../../calls";
import type { AnalysisLine, AnalysisRow } from "../analyses";
import type { EngineRun } from "../engine-run";
import { transcribedRuns, readTranscript, type TranscribedRun } from "./kept";
import { readOriginal } from "./kept-originals";
import { speakerOf, textOf, type Transcript } from "./transcript";

/** The engine of what platforms understood of their calls themselves. */
export const PLATFORM_ENGINE = "platform";

export type SpokenWord = { text: string; start: number; end: number; sure: number | null };

/** Words of one speaker. Times in milliseconds of the recording; of a platform's, of the call; null where it gives none. */
export type Spoken = {
  speaker: "operator" | "customer" | "bot" | null;
  channel: number | null;
  start: number | null;
  end: number | null;
  text: string;
  words: SpokenWord[];
};

/** What was said on a call, as one engine understood it. */
export type CallTranscript = {
  engine: string;
  version: string | null;
  recordingId: string | null;
  language: string | null;
  spoken: Spoken[];
  gaps: Transcript["gaps"];
  /** What is masked in it, and where; of a platform's nobody knows where. */
  masked: NonNullable<Transcript["redaction"]>["spans"];
};

/** The transcripts that a call has, by the engine and the version of each: the newest first, the platform's last. */
export type TranscriptChoice = { engine: string; version: string | null; recordingId: string | null };

export function transcriptChoices(
  call: Pick<CallRow, "conversation">,
  rows: readonly AnalysisRow[],
): TranscriptChoice[] {
  const made = transcribedRuns(rows).map(({ analysis, run }) => ({
    engine: run.engine,
    version: run.version,
    recordingId: analysis.recordingId,
  }));
  return hasPlatformsOwn(call.conversation)
    ? [...made, { engine: PLATFORM_ENGINE, version: null, recordingId: null }]
    : made;
}

/** The transcript of a call: of this engine, version and recording, where they are given, else the newest. */
export async function readCallTranscript(
  bucket: R2Bucket,
  call: Pick<CallRow, "conversation" | "startedAt">,
  rows: readonly AnalysisRow[],
  wanted: { engine?: string | undefined; version?: string | undefined; recordingId?: string | undefined },
  read: (bucket: R2Bucket, run: EngineRun) => Promise<Transcript | null> = readTranscript,
): Promise<CallTranscript | null> {
  const { engine, version, recordingId } = wanted;
  const found = transcribedRuns(rows).find(
    ({ run, analysis }) =>
      (engine === undefined || run.engine === engine) &&
      (version === undefined || run.version === version) &&
      (recordingId === undefined || analysis.recordingId === recordingId),
  );
  if (found) {
    const whole = await read(bucket, found.run);
    return whole && madeBy(found.run, found.analysis.recordingId, whole);
  }
  const isPlatforms = engine === undefined || engine === PLATFORM_ENGINE;
  if (!isPlatforms || version !== undefined || recordingId !== undefined || !hasPlatformsOwn(call.conversation))
    return null;
  return platformsOwn(call.conversation, call.startedAt);
}

/**
 * The same as it was before anything was masked in it: for those alone who may read that. Where the original was not kept,
 * what there is.
 */
export function readOriginalTranscript(
  bucket: R2Bucket,
  call: Pick<CallRow, "conversation" | "unmasked" | "startedAt">,
  rows: readonly AnalysisRow[],
  wanted: Parameters<typeof readCallTranscript>[3],
): Promise<CallTranscript | null> {
  const whole = { ...call, conversation: call.unmasked?.conversation ?? call.conversation };
  const read = async (from: R2Bucket, run: EngineRun) => (await readOriginal(from, run)) ?? readTranscript(from, run);
  return readCallTranscript(bucket, whole, rows, wanted, read);
}

/** The newest transcript that an engine made. */
export async function readMadeTranscript(
  bucket: R2Bucket,
  rows: readonly TranscribedRun["analysis"][],
): Promise<CallTranscript | null> {
  const [newest] = transcribedRuns(rows);
  const whole = newest ? await readTranscript(bucket, newest.run) : null;
  return newest && whole ? madeBy(newest.run, newest.analysis.recordingId, whole) : null;
}

/**
 * What was said on calls of a list, by their ids: as the newest transcript or the platform has it. Where the storage
 * fails, the call has none.
 */
export async function spokenOfCalls(
  bucket: R2Bucket,
  rows: readonly AnalysisLine[],
  conversations: readonly Pick<CallRow, "id" | "conversation" | "startedAt">[],
): Promise<ReadonlyMap<string, readonly Spoken[]>> {
  const platforms = conversations.flatMap(({ id, conversation, startedAt }) =>
    hasPlatformsOwn(conversation) ? [[id, platformsOwn(conversation, startedAt).spoken] as const] : [],
  );
  const made = await Promise.all(
    [...Map.groupBy(rows, ({ callId }) => callId)].map(async ([callId, own]) => {
      const found = await readMadeTranscript(bucket, own).catch(() => null);
      return found === null ? [] : [[callId, found.spoken] as const];
    }),
  );
  return new Map([...platforms, ...made.flat()]);
}

function madeBy(
  run: { engine: string; version: string | null },
  recordingId: string,
  whole: Transcript,
): CallTranscript {
  return {
    engine: run.engine,
    version: run.version,
    recordingId,
    language: whole.language,
    spoken: whole.segments.map((segment) => ({
      speaker: speakerOf(whole, segment.channel),
      channel: segment.channel,
      start: segment.start,
      end: segment.end,
      text: textOf(segment),
      words: segment.words.map(([text, start, end, sure]) => ({ text, start, end, sure })),
    })),
    gaps: whole.gaps,
    masked: whole.redaction?.spans ?? [],
  };
}

function hasPlatformsOwn(conversation: Conversation | null): conversation is Conversation {
  return conversation !== null && (conversation.transcript !== null || messagesOf(conversation).length > 0);
}

function messagesOf({ timeline }: Conversation) {
  return timeline.filter(({ kind }) => kind === "message");
}

function platformsOwn(conversation: Conversation, startedAt: number): CallTranscript {
  const said = messagesOf(conversation).map(({ at, speaker, text }): Spoken => ({
    speaker: speaker === "human" ? "customer" : speaker,
    channel: null,
    start: Math.max(0, at - startedAt),
    end: null,
    text,
    words: [],
  }));
  const lines = (conversation.transcript ?? "").split("\n").filter((line) => line.trim() !== "");
  const spoken =
    said.length > 0
      ? said
      : lines.map((text): Spoken => ({ speaker: null, channel: null, start: null, end: null, text, words: [] }));
  return { engine: PLATFORM_ENGINE, version: null, recordingId: null, language: null, spoken, gaps: [], masked: [] };
}
