import type { SQL } from "drizzle-orm";
import {
  foldPlatformFindings,
  keepPlatformAnalysis,
  maskFound,
  snapshotAnalysis,
  type AnalysisRow,
  type PiiKind,
} from "../analysis";
import { platformAnalysisIdOf, snapshotCall } from "../calls";
import type { RowWrite } from "../db/rows";
import type { GuardedEvent } from "../events";
import { analysisChanges } from "./analysis-changes";
import type { CallNotices } from "./call-notices";
import type { CallFile } from "./consequences";
import { warningsOf } from "./warn";

/** What the platform of a call found itself, before these notices and after them, and whether that is to be written. */
export type PlatformFound = { before: AnalysisRow | undefined; after: AnalysisRow | undefined; isMore: boolean };

/**
 * `kinds` are masked in what the notices say, before it is folded in, so that the order of notices does not matter; and in
 * what is known, which may be from before the call's campaign redacted.
 */
export function foundByPlatform(
  { key, notices }: CallNotices,
  analyses: readonly AnalysisRow[],
  now: number,
  kinds: readonly PiiKind[],
): PlatformFound {
  const known = analyses.find(({ id }) => id === platformAnalysisIdOf(key.id));
  const before = known && { ...known, scores: maskFound(known.scores, kinds), risk: maskFound(known.risk, kinds) };
  const told = notices.map(({ facts, ...notice }) => ({
    ...notice,
    facts: facts.findings ? { ...facts, findings: maskFound(facts.findings, kinds) } : facts,
  }));
  const after = foldPlatformFindings(key, before, told, now);
  return { before, after, isMore: after !== undefined && JSON.stringify(known) !== JSON.stringify(after) };
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
  if (after === undefined || !found.isMore) return { facts: [], rows: [] };
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
