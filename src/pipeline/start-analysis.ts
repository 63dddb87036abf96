import {
  createAnalysis,
  DEFAULT_ENGINE,
  hasNoAnalysis,
  newAnalysis,
  snapshotAnalysis,
  type AnalysisRow,
} from "../analysis";
import { readCall, snapshotCall } from "../calls";
import { runBatch, type Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import { recordAct, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { Nudges } from "../queues/senders";
import {
  enginesFor,
  MAX_FILE_ROUNDS,
  readCallFile,
  recordOf,
  unchanged,
  writeRecords,
  type CallFile,
} from "./consequences";

type StartDeps = { db: Database; bucket: R2Bucket; nudges: Pick<Nudges, "analyses" | "events"> };

/** A recording of a call that is to be analysed; without a name, the first that was kept. */
type Wanted = Within & { callId: string; recordingId?: string };

/**
 * The analysis of a call's recording, begun where there is none: one that its campaign did not ask for. What is there
 * is given as it is, also where it failed.
 */
export async function startAnalysis(
  deps: StartDeps,
  wanted: Wanted,
  act: Act,
): Promise<Result<{ analysis: AnalysisRow; externalId: string }, DomainError>> {
  const { organizationId, reach, callId } = wanted;
  const call = await readCall(deps.db, { organizationId, reach, id: callId });
  if (!call.ok) return err(notFound("call"));
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) {
    const file = await readCallFile(deps.db, callId);
    if (!file) return err(notFound("call"));
    const analysis = analysisFor(file, wanted.recordingId, act.now);
    if (!analysis.ok) return analysis;
    const known = file.analyses.find(({ id }) => id === analysis.value.id);
    if (known) return ok({ analysis: known, externalId: file.call.externalId });
    if (round === 0) await recordStart(deps.db, analysis.value, act);
    await begin(deps, file, analysis.value, act.now);
  }
  throw new Error(`the call ${callId} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

/** The analysis as it will be, or why there cannot be one. */
function analysisFor(
  { call, recordings, rules }: CallFile,
  recordingId: string | undefined,
  now: number,
): Result<AnalysisRow, DomainError> {
  const named = recordings.filter(({ id }) => recordingId === undefined || id === recordingId);
  const kept = named.find(({ state }) => state === "completed");
  const [first] = named;
  if (!first) return recordingId === undefined ? refused("This call has no recording.") : err(notFound("recording"));
  if (call.quarantine !== null) return refused("This call waits for its campaign: choose that first.");
  if (!kept)
    return refused(first.state === "pending" ? "The recording is not here yet." : "The recording could not be had.");
  const { id, organizationId } = kept;
  return ok(newAnalysis({ callId: call.id, recordingId: id, organizationId }, DEFAULT_ENGINE, now, enginesFor(rules)));
}

function recordStart(db: Database, { id, organizationId, callId }: AnalysisRow, act: Act): Promise<void> {
  const what = { organizationId, action: "analysis.started" as const, resourceType: "analysis", resourceIds: [id] };
  return recordAct(db, { ...what, after: { call_id: callId } }, act);
}

/** Writes the analysis and its event, unless the call changed meanwhile. */
async function begin({ db, bucket, nudges }: StartDeps, file: CallFile, analysis: AnalysisRow, now: number) {
  const { organizationId, callId, id: analysisId } = analysis;
  const data = { analysis: snapshotAnalysis(analysis), call: snapshotCall(file.call) };
  const created = { type: "analysis.created", data, when: hasNoAnalysis(analysis) } as const;
  const guard = unchanged(file);
  const consequences = { facts: [created], rows: [createAnalysis(analysis, guard)], opensWork: true };
  await runBatch(db, writeRecords(db, [await recordOf(bucket, file, consequences, guard, now)], now));
  await nudges.analyses([{ organizationId, callId, analysisId }]);
  await nudges.events([{ organizationId, stream: callId }]);
}

function refused(message: string): Result<never, DomainError> {
  return err({ kind: "conflict", message });
}
