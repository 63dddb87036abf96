import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { analyses } from "../db/schema";
import type { Findings } from "./contract";
import type { AnalysisRow } from "./snapshot";

/** The row as it stands once its findings are in. */
export function completedAnalysis(claimed: AnalysisRow, findings: Findings, now: number): AnalysisRow {
  return { ...claimed, state: "completed", reason: null, findings, completedAt: now };
}

/** The row as it stands once the analysis gave up. */
export function failedAnalysis(claimed: AnalysisRow, reason: string, now: number): AnalysisRow {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/**
 * Statement that writes the end of an analysis if it is still open and still this try's, and `when` holds. Facts about it are guarded by
 * `analysisEnded`, in the same batch.
 */
export function finishAnalysis(db: Database, ended: AnalysisRow, when: SQL): Statement {
  return db
    .update(analyses)
    .set({ state: ended.state, reason: ended.reason, findings: ended.findings, completedAt: ended.completedAt })
    .where(
      and(
        eq(analyses.callId, ended.callId),
        eq(analyses.id, ended.id),
        eq(analyses.state, "pending"),
        eq(analyses.attempts, ended.attempts),
        when,
      ),
    );
}

/** SQL that holds when `finishAnalysis` of this very try took effect. */
export function analysisEnded(ended: AnalysisRow): SQL {
  return sql`EXISTS (SELECT 1 FROM ${analyses} WHERE call_id = ${ended.callId} AND id = ${ended.id}
    AND state = ${ended.state} AND attempts = ${ended.attempts} AND completed_at = ${ended.completedAt})`;
}

/** Statement that frees the analysis for another try at `dueAt`, with the reason of the last one. */
export function postponeAnalysis(db: Database, claimed: AnalysisRow, dueAt: number, reason: string): Statement {
  return db
    .update(analyses)
    .set({ dueAt, leaseUntil: 0, reason })
    .where(
      and(eq(analyses.callId, claimed.callId), eq(analyses.id, claimed.id), eq(analyses.attempts, claimed.attempts)),
    );
}
