import type { Database } from "../../db/client";
import { newId } from "../../lib/id";
import { REDACTION_ENGINE } from "../../recordings";
import type { AnalysisRow } from "../analyses";
import { runsOf, type EngineRun } from "../engine-run";
import { transcript, type Transcript } from "./transcript";
import { sweepKept, type SweepSpan } from "../sweep-kept";

/** The prefix of all transcripts in R2, and of what there is of one before it is whole. */
export const TRANSCRIPTS_PREFIX = "transcripts/";
/** In bytes of JSON. */
const INLINE_MAX = 2_000;

type Kept = Pick<EngineRun, "findings" | "findingsKey">;

/** Stores a transcript too large for a row in R2, under a name of this try: the row decides which try counts. */
export async function keepTranscript(
  bucket: R2Bucket,
  analysisId: string,
  found: Transcript,
  now: number,
): Promise<Kept> {
  const whole = JSON.stringify(found);
  if (new TextEncoder().encode(whole).length <= INLINE_MAX) return { findings: found, findingsKey: null };
  const findingsKey = `${TRANSCRIPTS_PREFIX}${analysisId}/${newId("att", now)}`;
  await bucket.put(findingsKey, whole);
  return { findings: null, findingsKey };
}

/** The transcript of a run; null where it has none. Throws where the storage fails, or has lost it. */
export async function readTranscript(bucket: R2Bucket, run: Kept): Promise<Transcript | null> {
  const found = await findTranscript(bucket, run);
  if (found === null && run.findingsKey !== null)
    throw new Error(`the transcript at ${run.findingsKey} is not in storage`);
  return found;
}

/** The transcript of a run; null where it has none, or the storage has it no more. Throws where the storage fails. */
export async function findTranscript(bucket: R2Bucket, { findings, findingsKey }: Kept): Promise<Transcript | null> {
  if (findingsKey === null) return findings === null ? null : transcript.parse(findings);
  const object = await bucket.get(findingsKey);
  return object && transcript.parse(await object.json());
}

/** A run that has a transcript, with the analysis it is of. */
export type TranscribedRun = { analysis: Pick<AnalysisRow, "recordingId" | "engines">; run: EngineRun };

/** Whether a run brings words, once it has ended. */
export function hasWords({ kind, engine }: EngineRun): boolean {
  return kind !== "scores" && engine !== REDACTION_ENGINE;
}

/** The runs of analyses that have a transcript, the last one first. */
export function transcribedRuns(rows: readonly TranscribedRun["analysis"][]): TranscribedRun[] {
  return rows
    .flatMap((analysis) => runsOf(analysis).map((run) => ({ analysis, run })))
    .filter(({ run }) => run.state === "completed" && hasWords(run))
    .toSorted((one, other) => (other.run.completedAt ?? 0) - (one.run.completedAt ?? 0));
}

/** Deletes transcripts in R2 that no row refers to, because their try did not count or was only a part (`sweepKept`). */
export function sweepTranscripts(db: Database, bucket: R2Bucket, now: number, span: SweepSpan): Promise<number> {
  const below = { prefix: TRANSCRIPTS_PREFIX, bookmark: "sweeps/transcripts", namedAs: "findingsKey" } as const;
  return sweepKept(db, bucket, now, span, below);
}
