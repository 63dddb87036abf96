import type { SQL } from "drizzle-orm";
import { foldPlatformFindings, keepPlatformAnalysis, snapshotAnalysis, type AnalysisRow } from "../analysis";
import { platformAnalysisIdOf, snapshotCall } from "../calls";
import type { RowWrite } from "../db/rows";
import type { GuardedEvent } from "../events";
import { analysisChanges } from "./analysis-changes";
import type { CallNotices } from "./call-notices";
import type { CallFile } from "./consequences";
import { warningsOf } from "./warn";

/** What the platform of a call found itself, before these notices and after them. */
export type PlatformFound = { before: AnalysisRow | undefined; after: AnalysisRow | undefined };

export function foundByPlatform(
  { key, notices }: CallNotices,
  analyses: readonly AnalysisRow[],
  now: number,
): PlatformFound {
  const before = analyses.find(({ id }) => id === platformAnalysisIdOf(key.id));
  return { before, after: foldPlatformFindings(key, before, notices, now) };
}

export function hasFoundMore({ before, after }: PlatformFound): boolean {
  return after !== undefined && JSON.stringify(before) !== JSON.stringify(after);
}

/** The analyses of a call with the platform's in its place. */
export function withFound(analyses: readonly AnalysisRow[], { after }: PlatformFound): AnalysisRow[] {
  if (after === undefined) return [...analyses];
  return [...analyses.filter(({ id }) => id !== after.id), after];
}

/** What is written of it, and told: that there is an analysis, or what is new in it, and a warning of fraud once. */
export function consequencesOfFound(
  found: PlatformFound,
  { call: row, analyses: others }: Pick<CallFile, "call" | "analyses">,
  guard: SQL,
  now: number,
): { facts: GuardedEvent[]; rows: RowWrite[] } {
  const { before, after } = found;
  if (after === undefined || !hasFoundMore(found)) return { facts: [], rows: [] };
  const call = snapshotCall(row);
  const analysis = snapshotAnalysis(after);
  const facts: GuardedEvent[] = [];
  if (before === undefined)
    facts.push({ type: after.state === "failed" ? "analysis.failed" : "analysis.completed", data: { analysis, call } });
  else {
    const changes = analysisChanges(snapshotAnalysis(before), analysis);
    if (Object.keys(changes).length > 0 && saysMore(before, after))
      facts.push({ type: "analysis.updated", data: { analysis, call, changes } });
  }
  const warnings = warningsOf(row, after, others, guard, now);
  return {
    facts: [...facts, ...warnings.facts],
    rows: [keepPlatformAnalysis(after, guard), ...warnings.rows],
  };
}

/** Whether more than the moment is new: a platform that says the same again tells nobody anything. */
function saysMore(before: AnalysisRow, after: AnalysisRow): boolean {
  return JSON.stringify(withoutMoments(before)) !== JSON.stringify(withoutMoments(after));
}

function withoutMoments(row: AnalysisRow) {
  const { score_sets: sets, ...analysis } = snapshotAnalysis(row);
  const timeless = sets.map((set) => {
    const { completed_at: _, ...rest } = set;
    return rest;
  });
  return { ...analysis, score_sets: timeless };
}
