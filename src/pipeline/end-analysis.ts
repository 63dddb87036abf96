import { analysisEnded, finishAnalysis, isFirstTime, snapshotAnalysis, type AnalysisRow } from "../analysis";
import { setTalkStrip, snapshotCall } from "../calls";
import type { Database } from "../db/client";
import type { RowWrite } from "../db/rows";
import type { NewEvent } from "../events";
import { analysisChanges } from "./analysis-changes";
import { MAX_FILE_ROUNDS, readCallFile, recordOf, unchanged, type CallFile } from "./consequences";
import type { WriteEnd } from "./ends";
import { warningsOf } from "./warn";

export type EndDeps = { db: Database; bucket: R2Bucket; writeEnd: WriteEnd; now(): number };

/** What is written with the end of an analysis, where this attempt ended it. */
export type BesideEnd = { talkStrip: string | null; writes(ended: AnalysisRow): RowWrite[] };

/** Writes the end of an analysis with its event, and `call.processed` if nothing of the call is open any more. */
export async function endAnalysis(
  deps: EndDeps,
  ended: AnalysisRow,
  known?: CallFile,
  beside: BesideEnd = { talkStrip: null, writes: () => [] },
): Promise<void> {
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) {
    const file = (round === 0 ? known : undefined) ?? (await readCallFile(deps.db, ended.callId));
    if (await tryToEnd(deps, ended, file, beside)) return;
  }
  throw new Error(`the call of ${ended.id} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

/** False when the call changed between reading and writing, and the analysis is still this try's to end. */
async function tryToEnd(
  { bucket, writeEnd, now }: EndDeps,
  ended: AnalysisRow,
  file: CallFile | undefined,
  { talkStrip, writes }: BesideEnd,
): Promise<boolean> {
  const open = file?.analyses.find(({ id }) => id === ended.id);
  if (!file || open?.state !== "pending" || open.claims !== ended.claims) return true;
  const after = { ...file, analyses: file.analyses.map((row) => (row.id === ended.id ? ended : row)) };
  const fact = factOf(open, ended, file);
  const guard = analysisEnded(ended);
  const strip = talkStrip === null ? [] : [setTalkStrip(ended.callId, talkStrip, guard)];
  const warnings = warningsOf(file.call, ended, file.analyses, guard, now());
  const facts = [...(fact ? [fact] : []), ...warnings.facts];
  const record = await recordOf(bucket, after, { facts, rows: warnings.rows }, guard, ended.completedAt ?? now());
  const call = { id: ended.callId, organizationId: ended.organizationId };
  const alongside = [...strip, ...writes(ended)];
  return writeEnd({ id: ended.id, call, write: finishAnalysis(ended, unchanged(file)), alongside, record });
}

/** The event of an end: the first of an analysis has its own, each later one tells what changed. */
function factOf(open: AnalysisRow, ended: AnalysisRow, file: CallFile): NewEvent | undefined {
  const call = snapshotCall(file.call);
  const analysis = snapshotAnalysis(ended);
  if (isFirstTime(open)) {
    const type = ended.state === "failed" ? "analysis.failed" : "analysis.completed";
    return { type, data: { analysis, call } };
  }
  const changes = analysisChanges(snapshotAnalysis(open), analysis);
  return Object.keys(changes).length === 0
    ? undefined
    : { type: "analysis.updated", data: { analysis, call, changes } };
}
