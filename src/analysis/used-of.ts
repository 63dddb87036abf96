import type { AnalysisRow } from "./analyses";
import { failedRun, type EngineRun } from "./engine-run";
import type { RunnerDeps, RunOutcome } from "./engine-work";
import { findAnswer } from "./scores/http/kept-answer";
import { countAnswers, occasionOf } from "./scores/llm/asked-once";
import { settleRun, type Cost, type Refund } from "./spend";
import { loadProgress } from "./transcription/progress";

/**
 * An open run that nobody goes on with, and what is to be given back of what was counted for it. Where the storage cannot
 * tell what its engine has answered, all of it stays counted.
 */
export async function settleUnfinished(
  bucket: R2Bucket,
  { id, organizationId }: Pick<AnalysisRow, "id" | "organizationId">,
  run: EngineRun,
): Promise<{ run: EngineRun; refund?: Refund }> {
  if (run.month === null || !run.micros || !run.audioMs) return { run };
  try {
    const audioMs = Math.min(run.audioMs, await soundUsed(bucket, { id, organizationId }, run));
    const used: Cost = { audioMs, micros: Math.ceil((audioMs * run.micros) / run.audioMs) };
    return settleRun(organizationId, run, used);
  } catch (cause) {
    console.error(JSON.stringify({ event: "engine.spend_unsettled", analysisId: id, error: String(cause) }));
    return { run };
  }
}

/** An open run ends without an answer: what its engine did not take is given back. */
export async function failUnfinished(
  { bucket, now }: Pick<RunnerDeps, "bucket" | "now">,
  analysis: Pick<AnalysisRow, "id" | "organizationId">,
  run: EngineRun,
  reason: string,
): Promise<RunOutcome> {
  const settled = await settleUnfinished(bucket, analysis, run);
  return { ...settled, run: failedRun(settled.run, reason, now()), retryAt: null };
}

/** The sound of a run that its engine has answered about, in milliseconds. */
async function soundUsed(
  bucket: R2Bucket,
  { id, organizationId }: Pick<AnalysisRow, "id" | "organizationId">,
  run: EngineRun,
): Promise<number> {
  if (run.kind !== "scores") {
    const progress = await loadProgress(bucket, id, run);
    return [...progress.keys()].reduce((sum, key) => sum + lengthOf(key), 0);
  }
  if (run.requestMs !== undefined)
    return run.requestMs * (await countAnswers(bucket, { folder: id, name: occasionOf(run) }));
  // What a server that is handed recordings has taken, or may have, it works on.
  const to = { organizationId, analysisId: id, engine: run.engine, run: run.claimsBefore };
  const begun = run.askedAt ?? run.askingAt;
  const isTaken = begun !== undefined && (run.untaken !== true || (await findAnswer(bucket, to)) !== undefined);
  return isTaken ? (run.audioMs ?? 0) : 0;
}

/** Of a piece, by its key: `channel:start-end`. */
function lengthOf(key: string): number {
  const [, start, end] = /^\d+:(\d+)-(\d+)$/.exec(key) ?? [];
  return Number(end ?? 0) - Number(start ?? 0);
}
