import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endedBy, endWork } from "../db/work";
import type { Findings } from "./contract";
import type { AnalysisRow } from "./snapshot";
import { analysisWork } from "./work";

/** The row as it stands once its findings are in. */
export function completedAnalysis(claimed: AnalysisRow, findings: Findings, now: number): AnalysisRow {
  return { ...claimed, state: "completed", reason: null, findings, completedAt: now };
}

/** The row as it stands once the analysis gave up. */
export function failedAnalysis(claimed: AnalysisRow, reason: string, now: number): AnalysisRow {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/** Statement that writes the end of an analysis while this try's claim and `when` hold. */
export function finishAnalysis(db: Database, ended: AnalysisRow, when: SQL): Statement {
  const { state, reason, findings, completedAt } = ended;
  return endWork(db, analysisWork, ended, { state, reason, findings, completedAt }, when);
}

/** SQL that holds when `finishAnalysis` of this very try took effect. */
export function analysisEnded(ended: AnalysisRow): SQL {
  return endedBy(analysisWork, ended, sql`state = ${ended.state}`);
}
