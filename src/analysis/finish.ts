import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endedBy, endWork } from "../db/work";
import type { Findings } from "./contract";
import type { AnalysisRow } from "./snapshot";
import { analysisWork } from "./work";

/** The row of a completed analysis. */
export function completedAnalysis(claimed: AnalysisRow, findings: Findings, now: number): AnalysisRow {
  return { ...claimed, state: "completed", reason: null, findings, completedAt: now };
}

/** The row of an analysis that was given up. */
export function failedAnalysis(claimed: AnalysisRow, reason: string, now: number): AnalysisRow {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/** A statement that closes an analysis while this attempt's claim and `when` are true. */
export function finishAnalysis(db: Database, ended: AnalysisRow, when: SQL): Statement {
  const { state, reason, findings, completedAt } = ended;
  return endWork(db, analysisWork, ended, { state, reason, findings, completedAt }, when);
}

/** SQL that is true when `finishAnalysis` of this attempt took effect. */
export function analysisEnded(ended: AnalysisRow): SQL {
  return endedBy(analysisWork, ended, sql`state = ${ended.state}`);
}
