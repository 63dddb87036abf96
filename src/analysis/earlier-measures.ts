import type { AnalysisRow } from "./analyses";
import { runsOf, type EngineRun } from "./engine-run";
import { DEFAULT_ENGINE } from "./engines";

// The built-in engine's newest findings are in the columns of an analysis. Asked to measure again it is a run like any other,
// and once it has, that run holds what its earlier version found. A Worker from before knows no such engine, and fails the
// run by name.

/** Whether a run is of the built-in engine: asked to measure again, or what an earlier version of it found. */
export function isMeasuring({ engine }: Pick<EngineRun, "engine">): boolean {
  return engine === DEFAULT_ENGINE.name;
}

/** An analysis as this version of the built-in engine measured it; undefined where it has none of that version. */
export function measuredBy(row: AnalysisRow, version: string): AnalysisRow | undefined {
  if (row.findings !== null && row.engineVersion === version) return row;
  const earlier = runsOf(row).findLast((run) => isMeasuring(run) && run.version === version && run.findings !== null);
  return earlier && { ...row, engineVersion: version, findings: earlier.findings, findingsKey: earlier.findingsKey };
}
