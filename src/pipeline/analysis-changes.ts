import type { AnalysisSnapshot } from "../events";

/** The keys of an analysis whose values are new, as `analysis.updated` tells them. */
export function analysisChanges(
  from: AnalysisSnapshot,
  to: AnalysisSnapshot,
): Record<string, { from: unknown; to: unknown }> {
  const keys = Object.keys(to) as (keyof AnalysisSnapshot)[];
  return Object.fromEntries(
    keys
      .filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]))
      .map((key) => [key, { from: from[key], to: to[key] }]),
  );
}
