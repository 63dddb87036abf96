import {
  analysisEnded,
  analysisWork,
  bucketFile,
  completedAnalysis,
  createPeakMaker,
  engineOf,
  failedAnalysis,
  finishAnalysis,
  keepFindings,
  keepWaveform,
  packTalkStrip,
  snapshotAnalysis,
  talkStripOf,
  type AnalysisFailure,
  type AnalysisRow,
  type EngineDeps,
  type Findings,
  type KeptFindings,
} from "../analysis";
import { setTalkStrip, snapshotCall } from "../calls";
import { runBatch, type Database } from "../db/client";
import { postpone } from "../db/work";
import { MINUTE } from "../lib/time";
import { err, ok, type Result } from "../lib/result";
import { MAX_FILE_ROUNDS, readCallFile, recordOf, unchanged, type CallFile } from "./consequences";
import type { WriteEnd } from "./ends";

type EndDeps = { db: Database; bucket: R2Bucket; writeEnd: WriteEnd };
export type AnalysisDeps = EngineDeps &
  EndDeps & {
    /** The channel of a source's recordings that carries the operator. */
    operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
  };

/** Tries of one analysis: what fails by chance three times (storage, a killed isolate) is given up with its reason. */
const MAX_ATTEMPTS = 3;
/**
 * Claims of one analysis, those that a restart gave back included: what takes the process with it each time must end.
 */
const MAX_CLAIMS = 12;

/** One try at an analysis that is claimed; `known` is its call's file at that time. */
export async function tryAnalysis(
  deps: AnalysisDeps,
  claimed: AnalysisRow,
  known: CallFile | undefined,
): Promise<void> {
  const { db, now } = deps;
  if (claimed.attempts > MAX_ATTEMPTS || claimed.claims > MAX_CLAIMS)
    return endAnalysis(deps, failedAnalysis(claimed, claimed.reason ?? "crashed", now()), known);
  const outcome = await analyseOrLetGo(deps, claimed, known);
  if (outcome.ok) {
    const { kept, talkStrip } = outcome.value;
    return endAnalysis(deps, completedAnalysis(claimed, kept, now()), known, talkStrip);
  }
  if (outcome.error.kind === "unreadable" && claimed.attempts < MAX_ATTEMPTS) {
    const reason = reasonOf(outcome.error);
    await runBatch(db, [postpone(db, analysisWork, claimed, now() + claimed.attempts * MINUTE, { reason })]);
    return;
  }
  await endAnalysis(deps, failedAnalysis(claimed, reasonOf(outcome.error), now()), known);
}

/** Writes the end of an analysis with its event, and `call.processed` if nothing of the call is open any more. */
export async function endAnalysis(
  deps: EndDeps,
  ended: AnalysisRow,
  known?: CallFile,
  talkStrip: string | null = null,
): Promise<void> {
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) {
    const file = (round === 0 ? known : undefined) ?? (await readCallFile(deps.db, ended.callId));
    if (await tryToEnd(deps, ended, file, talkStrip)) return;
  }
  throw new Error(`the call of ${ended.id} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

/** False when the call changed between reading and writing, and the analysis is still this try's to end. */
async function tryToEnd(
  { bucket, writeEnd }: EndDeps,
  ended: AnalysisRow,
  file: CallFile | undefined,
  talkStrip: string | null,
): Promise<boolean> {
  const open = file?.analyses.find(({ id }) => id === ended.id);
  if (!file || open?.state !== "pending" || open.claims !== ended.claims) return true;
  const after = { ...file, analyses: file.analyses.map((row) => (row.id === ended.id ? ended : row)) };
  const data = { analysis: snapshotAnalysis(ended), call: snapshotCall(file.call) };
  const fact =
    ended.state === "completed"
      ? ({ type: "analysis.completed", data } as const)
      : ({ type: "analysis.failed", data } as const);
  const at = ended.completedAt ?? ended.createdAt;
  const alongside = talkStrip === null ? [] : [setTalkStrip(ended.callId, talkStrip, analysisEnded(ended))];
  const record = await recordOf(bucket, after, { facts: [fact], rows: [] }, analysisEnded(ended), at);
  const call = { id: ended.callId, organizationId: ended.organizationId };
  return writeEnd({ id: ended.id, call, write: finishAnalysis(ended, unchanged(file)), alongside, record });
}

/**
 * A platform error frees the claim before it goes on to the queue, so that the next try does not have to wait for the
 * lease.
 */
async function analyseOrLetGo(
  deps: AnalysisDeps,
  claimed: AnalysisRow,
  known: CallFile | undefined,
): Promise<Result<Found, AnalysisFailure>> {
  try {
    return await analyse(deps, claimed, known);
  } catch (cause) {
    const reason = `platform: ${String(cause)}`;
    await runBatch(deps.db, [postpone(deps.db, analysisWork, claimed, deps.now(), { reason })]).catch(() => undefined);
    throw cause;
  }
}

/** What an engine found, as it is stored. */
type Found = { kept: KeptFindings; talkStrip: string | null };

async function analyse(
  deps: AnalysisDeps,
  row: AnalysisRow,
  known: CallFile | undefined,
): Promise<Result<Found, AnalysisFailure>> {
  const engine = engineOf(row.engine);
  if (!engine) return err({ kind: "unknown_engine", detail: `there is no engine ${row.engine} in this version` });
  const recording = known?.recordings.find(({ id }) => id === row.recordingId);
  const object = recording?.key ? await deps.bucket.get(recording.key) : null;
  if (!object) return err({ kind: "unreadable", detail: "the recording is not in storage" });
  const mediaType = recording?.mediaType;
  const maker = createPeakMaker();
  const file = bucketFile(deps.bucket, object);
  const input = { chunks: object.body, file, alsoHear: maker.hear, ...(mediaType ? { mediaType } : {}) };
  const found = await engine.analyse(input, deps);
  if (!found.ok) return found;
  const peaks = maker.finish();
  if (peaks) await keepWaveform(deps.bucket, object.key, peaks);
  const talkStrip = await talkStripIn(deps, found.value, recording);
  return ok({ kept: await keepFindings(deps.bucket, row, found.value, deps.now()), talkStrip });
}

async function talkStripIn(
  deps: Pick<AnalysisDeps, "operatorChannel">,
  findings: Findings,
  recording: { organizationId: string; sourceId: string } | undefined,
): Promise<string | null> {
  // Which channel is the operator's matters only where there are several.
  const isApart = findings.channels.length > 1 && recording !== undefined;
  const operatorChannel = isApart
    ? await deps.operatorChannel({ organizationId: recording.organizationId, id: recording.sourceId })
    : 0;
  const strip = talkStripOf(findings, operatorChannel);
  return strip && packTalkStrip(strip);
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
