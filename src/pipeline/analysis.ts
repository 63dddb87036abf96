import { and, eq } from "drizzle-orm";
import {
  analysisEnded,
  analysisWork,
  claimAnalysis,
  completedAnalysis,
  engineOf,
  failedAnalysis,
  finishAnalysis,
  snapshotAnalysis,
  type AnalysisFailure,
  type AnalysisRow,
  type EngineDeps,
  type Findings,
} from "../analysis";
import { snapshotCall } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { recordings } from "../db/schema";
import { postpone } from "../db/work";
import { MINUTE } from "../lib/time";
import { err, type Result } from "../lib/result";
import type { AnalysisMessage } from "../queues/messages";
import { MAX_FILE_ROUNDS, readCallFile, consequenceStatements, unchanged } from "./consequences";

export type AnalysisDeps = EngineDeps & { db: Database; bucket: R2Bucket };

/** Tries of one analysis: what fails by chance three times (storage, a killed isolate) is given up with its reason. */
const MAX_ATTEMPTS = 3;
/**
 * Claims of one analysis, those that a restart gave back included: what takes the process with it each time must end.
 */
const MAX_CLAIMS = 12;

/** Does an open analysis that is due; false when there was nothing to do: it is done, or claimed by another worker. */
export async function workOnAnalysis(deps: AnalysisDeps, message: AnalysisMessage): Promise<boolean> {
  const claimed = await claimAnalysis(deps.db, message, deps.now());
  if (claimed) await tryAnalysis(deps, claimed);
  return claimed !== undefined;
}

async function tryAnalysis(deps: AnalysisDeps, claimed: AnalysisRow): Promise<void> {
  const { db, now } = deps;
  if (claimed.attempts > MAX_ATTEMPTS || claimed.claims > MAX_CLAIMS)
    return endAnalysis(deps, failedAnalysis(claimed, claimed.reason ?? "crashed", now()));
  const outcome = await analyseOrLetGo(deps, claimed);
  if (outcome.ok) return endAnalysis(deps, completedAnalysis(claimed, outcome.value, now()));
  if (outcome.error.kind === "unreadable" && claimed.attempts < MAX_ATTEMPTS) {
    const reason = reasonOf(outcome.error);
    await runBatch(db, [postpone(db, analysisWork, claimed, now() + claimed.attempts * MINUTE, { reason })]);
    return;
  }
  await endAnalysis(deps, failedAnalysis(claimed, reasonOf(outcome.error), now()));
}

/** Writes the end of an analysis with its event, and `call.processed` if nothing of the call is open any more. */
export async function endAnalysis(deps: Pick<AnalysisDeps, "db" | "bucket">, ended: AnalysisRow): Promise<void> {
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) if (await tryToEnd(deps, ended)) return;
  throw new Error(`the call of ${ended.id} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

/** False when the call changed between reading and writing, and the analysis is still this try's to end. */
async function tryToEnd({ db, bucket }: Pick<AnalysisDeps, "db" | "bucket">, ended: AnalysisRow): Promise<boolean> {
  const file = await readCallFile(db, ended.callId);
  const open = file?.analyses.find(({ id }) => id === ended.id);
  if (!file || open?.state !== "pending" || open.claims !== ended.claims) return true;
  const after = { ...file, analyses: file.analyses.map((row) => (row.id === ended.id ? ended : row)) };
  const data = { analysis: snapshotAnalysis(ended), call: snapshotCall(file.call) };
  const fact =
    ended.state === "completed"
      ? ({ type: "analysis.completed", data } as const)
      : ({ type: "analysis.failed", data } as const);
  const at = ended.completedAt ?? ended.createdAt;
  const dependents = await consequenceStatements(
    { db, bucket },
    after,
    { facts: [fact], rows: [] },
    analysisEnded(ended),
    at,
  );
  const [result] = await runBatch(db, [finishAnalysis(db, ended, unchanged(file)), ...dependents]);
  return changesOf(result) === 1;
}

/**
 * A platform error frees the claim before it goes on to the queue, so that the next try does not have to wait for the
 * lease.
 */
async function analyseOrLetGo(deps: AnalysisDeps, claimed: AnalysisRow): Promise<Result<Findings, AnalysisFailure>> {
  try {
    return await analyse(deps, claimed);
  } catch (cause) {
    const reason = `platform: ${String(cause)}`;
    await runBatch(deps.db, [postpone(deps.db, analysisWork, claimed, deps.now(), { reason })]).catch(() => undefined);
    throw cause;
  }
}

async function analyse(deps: AnalysisDeps, row: AnalysisRow): Promise<Result<Findings, AnalysisFailure>> {
  const { db, bucket } = deps;
  const engine = engineOf(row.engine);
  if (!engine) return err({ kind: "unknown_engine", detail: `there is no engine ${row.engine} in this version` });
  const [recording] = await db
    .select()
    .from(recordings)
    .where(and(eq(recordings.callId, row.callId), eq(recordings.id, row.recordingId)));
  const object = recording?.key ? await bucket.get(recording.key) : null;
  if (!object) return err({ kind: "unreadable", detail: "the recording is not in storage" });
  const mediaType = recording?.mediaType;
  return engine.analyse({ chunks: object.body, ...(mediaType ? { mediaType } : {}) }, deps);
}

function reasonOf(failure: AnalysisFailure): string {
  switch (failure.kind) {
    case "too_long":
      return `too_long: over ${failure.limitSeconds} seconds`;
    case "unsupported_format":
    case "corrupt":
    case "empty":
    case "unreadable":
    case "unknown_engine":
      return `${failure.kind}: ${failure.detail}`;
  }
}
