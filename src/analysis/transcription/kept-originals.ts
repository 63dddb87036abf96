import type { Database } from "../../db/client";
import { newId } from "../../lib/id";
import type { EngineRun } from "../engine-run";
import { maskQuotes, maskTranscript, type PiiKind } from "../redaction";
import { findTranscript, hasWords, keepTranscript, TRANSCRIPTS_PREFIX } from "./kept";
import { transcript, type Transcript } from "./transcript";
import { sweepKept, type SweepSpan } from "../sweep-kept";

/** The prefix in R2 of transcripts as they were before they were masked. */
export const ORIGINALS_PREFIX = "originals/";

type Kept = Pick<EngineRun, "findings" | "findingsKey" | "masked" | "originalKey">;

/**
 * Stores a transcript as it may be handed on, and beside it, under a prefix that only `readOriginal` reads, what it was
 * before, where the two differ. Where nothing is to be masked it is stored as it is.
 */
export async function keepMasked(
  bucket: R2Bucket,
  analysisId: string,
  found: Transcript,
  kinds: readonly PiiKind[],
  now: number,
): Promise<Kept> {
  if (kinds.length === 0) return keepTranscript(bucket, analysisId, found, now);
  const masked = maskTranscript(found, kinds);
  const hasSpans = (masked.redaction?.spans.length ?? 0) > 0;
  const originalKey = hasSpans ? `${ORIGINALS_PREFIX}${analysisId}/${newId("att", now)}` : null;
  if (originalKey !== null) await bucket.put(originalKey, JSON.stringify(found));
  return { ...(await keepTranscript(bucket, analysisId, masked, now)), masked: [...kinds], originalKey };
}

/** A transcript as it was before it was masked; null where it was not, or where that was not kept. */
export async function readOriginal(
  bucket: R2Bucket,
  { originalKey }: Pick<EngineRun, "originalKey">,
): Promise<Transcript | null> {
  const object = originalKey ? await bucket.get(originalKey) : null;
  return object && transcript.parse(await object.json());
}

/** Whether the words of a run are masked as far as these kinds are concerned. */
export function isMaskedFor({ masked = [] }: EngineRun, kinds: readonly PiiKind[]): boolean {
  return kinds.every((kind) => masked.includes(kind));
}

/**
 * The runs of an analysis with every transcript masked: those from before the campaign redacted, or redacted as much, are
 * stored anew. What was stored before is swept with what no row names.
 */
export async function maskedRuns(
  bucket: R2Bucket,
  { id }: { id: string },
  runs: readonly EngineRun[],
  kinds: readonly PiiKind[],
  now: number,
): Promise<EngineRun[]> {
  if (kinds.length === 0) return [...runs];
  // Several at once would be as many transcripts in memory; there are few, and this is done once.
  return Promise.all(
    runs.map(async (run) => {
      if (run.state !== "completed" || isMaskedFor(run, kinds)) return run;
      if (!hasWords(run)) return withoutSaid(bucket, id, run, kinds, now);
      const original = await readOriginal(bucket, run);
      const whole = original === null ? await findTranscript(bucket, run) : { ...original, redaction: undefined };
      if (whole === null) return run;
      const all = [...new Set([...kinds, ...(run.masked ?? [])])];
      return { ...run, ...(await keepMasked(bucket, id, whole, all, now)) };
    }),
  );
}

/** A run of scores whose quotes are masked: the whole of long ones is an object beside the transcripts. */
async function withoutSaid(
  bucket: R2Bucket,
  id: string,
  run: EngineRun,
  kinds: readonly PiiKind[],
  now: number,
): Promise<EngineRun> {
  const object = run.kind === "scores" && run.findingsKey !== null ? await bucket.get(run.findingsKey) : null;
  if (!object) return run;
  const findingsKey = `${TRANSCRIPTS_PREFIX}${id}/${newId("att", now)}`;
  const masked = maskQuotes(await object.json(), kinds);
  await bucket.put(findingsKey, JSON.stringify(masked));
  return { ...run, findingsKey, masked: [...kinds] };
}

/** Deletes originals in R2 that no row refers to (`sweepKept`). */
export function sweepOriginals(db: Database, bucket: R2Bucket, now: number, span: SweepSpan): Promise<number> {
  const below = { prefix: ORIGINALS_PREFIX, bookmark: "sweeps/originals", namedAs: "originalKey" } as const;
  return sweepKept(db, bucket, now, span, below);
}
