import type { analyses } from "../db/schema";
import { measures, type AnalysisSnapshot } from "../events";
import { toIso } from "../lib/time";
import { findingsSchema } from "./contract";

export type AnalysisRow = typeof analyses.$inferSelect;

/** The public shape of an analysis: its measures, without segments. */
export function snapshotAnalysis(row: AnalysisRow): AnalysisSnapshot {
  return {
    id: row.id,
    call_id: row.callId,
    recording_id: row.recordingId,
    engine: row.engine,
    engine_version: row.engineVersion,
    state: row.state,
    reason: row.reason,
    measures: row.findings === null ? null : measuresOf(row.findings),
    // No engine gives scores yet. One that does fills these from its findings.
    risk_score: null,
    scores: null,
    completed_at: toIso(row.completedAt),
  };
}

function measuresOf(stored: unknown): AnalysisSnapshot["measures"] {
  const findings = findingsSchema.parse(stored);
  return measures.parse({
    duration_seconds: findings.durationSeconds,
    talk_seconds: findings.channels.map((channel) => channel.talkSeconds),
    silence_seconds: findings.silenceSeconds,
    overlap_seconds: findings.overlapSeconds,
    warnings: findings.warnings,
  });
}
