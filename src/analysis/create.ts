import { sql, type SQL } from "drizzle-orm";
import { analysisIdOf } from "../calls";
import { insertRow, type RowWrite } from "../db/rows";
import { analyses } from "../db/schema";
import { NUDGE_AFTER } from "../db/work";
import { DAY } from "../lib/time";
import type { AnalysisRow } from "./snapshot";

/** After this long without a result the analysis is given up, in milliseconds: far longer than every retry takes. */
export const ANALYSIS_GIVE_UP_AFTER = DAY;

type Subject = { callId: string; recordingId: string; organizationId: string };

/** The row of a new analysis: open work, due at once. */
export function newAnalysis(subject: Subject, engine: { name: string; version: string }, now: number): AnalysisRow {
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
    findings: null,
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
