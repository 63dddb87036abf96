import { sql, type SQL } from "drizzle-orm";
import { changesOf, type Database } from "../db/client";
import { analyses } from "../db/schema";
import { claimNamed, claimWork, type Work, NUDGE_AFTER, endedBy, endWork, stillMine } from "../db/work";
import { MINUTE, DAY } from "../lib/time";
import type { AnalysisRow } from "./analyses";
import { failedRun, isOpenRun, isSameRun, newRun, packRuns, runsOf, type EngineRun } from "./engine-run";
import { analysisIdOf } from "../calls";
import { insertRow, type RowWrite } from "../db/rows";
import type { FoundBy } from "./kept-findings";

export const analysisWork: Work<typeof analyses> = {
  table: analyses,
  key: ["callId", "id"],
  open: sql`${analyses.state} = 'pending'`,
  // The platform ends a queue consumer after 15 minutes of wall time.
  lease: 16 * MINUTE,
};

/** Claims the analysis for one attempt; undefined when it is done, not due, or claimed by another worker. */
export function claimAnalysis(
  db: Database,
  { organizationId, callId, analysisId: id }: { organizationId: string; callId: string; analysisId: string },
  now: number,
): Promise<AnalysisRow | undefined> {
  return claimWork(db, analysisWork, { organizationId, callId, id }, now);
}

/** A statement that claims those of the named analyses that are due. It gives their rows. */
export function claimAnalyses(
  db: Database,
  names: readonly { organizationId: string; callId: string; analysisId: string }[],
  now: number,
) {
  const keys = names.map(({ organizationId, callId, analysisId: id }) => ({ organizationId, callId, id }));
  return claimNamed(db, analysisWork, keys, now);
}

/** A claimed analysis with one of its runs as it is now. */
export function withRun(claimed: AnalysisRow, run: EngineRun): AnalysisRow {
  return { ...claimed, engines: packRuns(runsOf(claimed).map((one) => (isSameRun(one, run) ? run : one))) };
}

/** Writes a run of a claimed analysis before it ends, such as that its engine is about to be asked; false where the claim was lost. */
export async function noteRun(db: Database, claimed: AnalysisRow, run: EngineRun): Promise<boolean> {
  const { engines } = withRun(claimed, run);
  const noted = await db.run(
    sql`UPDATE ${analyses} SET engines = ${JSON.stringify(engines)} WHERE ${stillMine(analysisWork, claimed)}`,
  );
  return changesOf(noted) > 0;
}

/** After this long without a result the analysis is given up, in milliseconds: far longer than every retry takes. */
export const ANALYSIS_GIVE_UP_AFTER = DAY;

/** An engine that takes longer than this is late: the analysis ends without it, and is told of it afterwards. */
export const LATE_AFTER = 15 * MINUTE;

type Subject = { callId: string; recordingId: string; organizationId: string };

/** The row of a new analysis: open work, due at once. */
export function newAnalysis(
  subject: Subject,
  engine: { name: string; version: string },
  now: number,
  others: readonly string[] = [],
): AnalysisRow {
  return {
    ...subject,
    id: analysisIdOf(subject.recordingId, engine.name),
    engine: engine.name,
    engineVersion: engine.version,
    state: "pending",
    reason: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: NUDGE_AFTER,
    giveUpAt: now + ANALYSIS_GIVE_UP_AFTER,
    engines: packRuns(others.map((name) => newRun(name, 0, now))),
    findings: null,
    findingsKey: null,
    scores: null,
    risk: null,
    createdAt: now,
    completedAt: null,
  };
}

/**
 * The write that adds the analysis where `guard` is true. A second one of the same recording and engine is not added.
 */
export function createAnalysis(row: AnalysisRow, guard: SQL): RowWrite {
  return insertRow(analyses, row, guard);
}

/** SQL that is true when this analysis does not exist yet. */
export function hasNoAnalysis(row: Pick<AnalysisRow, "callId" | "id">): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${analyses} WHERE call_id = ${row.callId} AND id = ${row.id})`;
}

/** The row of an analysis whose engines have all ended, or of which one is late: then it is looked at again. */
export function completedAnalysis(claimed: AnalysisRow, kept: FoundBy, runs: readonly EngineRun[], now: number) {
  const ended = { ...claimed, ...kept, engines: packRuns(runs), reason: null, completedAt: claimed.completedAt ?? now };
  return { ...ended, state: "completed" as const };
}

/**
 * The row of an analysis that was ended while engines of it are late, which are tried again then. It is open work in
 * the state `pending` like any other, so that the index of open work finds it; that it has ended once shows in
 * `completedAt`.
 */
export function lateAnalysis(ended: AnalysisRow, dueAt: number): AnalysisRow {
  return { ...ended, state: "pending", dueAt, attempts: 0 };
}

/** The row of an analysis that was given up; what engines found before stays. */
export function givenUpAnalysis(claimed: AnalysisRow, reason: string, now: number): AnalysisRow {
  const isHeard = claimed.findings !== null;
  const why = isHeard ? reason : `not_decoded: ${reason}`;
  const runs = runsOf(claimed).map((run) => (isOpenRun(run) ? failedRun(run, why, now) : run));
  const ended = { ...claimed, engines: packRuns(runs), completedAt: claimed.completedAt ?? now };
  return isHeard ? { ...ended, state: "completed", reason: null } : { ...ended, state: "failed", reason };
}

/**
 * The write that closes an analysis while this attempt's claim and `when` are true. One with a late engine is free to
 * be claimed again.
 */
export function finishAnalysis(ended: AnalysisRow, when: SQL): RowWrite {
  const { state, reason, engineVersion, engines, findings, findingsKey, scores, risk, completedAt } = ended;
  const closed = { state, reason, engineVersion, engines, findings, findingsKey, scores, risk, completedAt };
  if (state !== "pending") return endWork(analysisWork, ended, closed, when);
  const { dueAt, attempts } = ended;
  return endWork(analysisWork, ended, { ...closed, dueAt, attempts, nudgeAfter: NUDGE_AFTER, leaseUntil: 0 }, when);
}

/** SQL that is true when `finishAnalysis` of this attempt took effect. */
export function analysisEnded(ended: AnalysisRow): SQL {
  const written = ended.state === "pending" ? { ...ended, leaseUntil: 0 } : ended;
  return endedBy(analysisWork, written, sql`state = ${ended.state} AND completed_at IS NOT NULL`);
}
