import type { AnalysisEngine } from "./contract";
import { embeddedEngine } from "./embedded";

/** All engines, under the name that their analyses have. */
export const ENGINES = { "trunkline-acoustic": embeddedEngine() } as const satisfies Record<string, AnalysisEngine>;

/** What every recording is analysed by. */
export const DEFAULT_ENGINE: AnalysisEngine = ENGINES["trunkline-acoustic"];

/** The engine of an analysis; undefined where this version of Trunkline does not have it. */
export function engineOf(name: string): AnalysisEngine | undefined {
  return Object.hasOwn(ENGINES, name) ? (ENGINES as Record<string, AnalysisEngine>)[name] : undefined;
}
