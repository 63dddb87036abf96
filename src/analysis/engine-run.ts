import { z } from "zod";
import type { AnalysisSnapshot } from "../events";
import { toIso } from "../lib/time";
import { piiKind } from "./redaction/kinds";
import type { analyses } from "../db/schema";

type Row = typeof analyses.$inferSelect;

/**
 * What one engine did in an analysis, beside the built-in one, whose part is in the columns of the row. `late`: it is
 * still at work although the analysis has ended.
 */
const engineRun = z.object({
  engine: z.string(),
  /** What it gives; absent before that is known, and of runs from before there were scores: then a transcript. */
  kind: z.enum(["transcript", "scores"]).optional(),
  /** The model that was asked for by name; absent for the one that the engine is set to. */
  model: z.string().optional(),
  /** The model that answered; null before that is known. */
  version: z.string().nullable(),
  state: z.enum(["pending", "late", "completed", "failed"]),
  reason: z.string().nullable(),
  /** Tries that ended without an answer, and how often the analysis had been claimed before this run. */
  tries: z.number().int(),
  claimsBefore: z.number().int(),
  /**
   * What is to be sent, and what that costs in millionths of a dollar, as it was counted in `month` before any of it was
   * sent; once the run has ended, what was sent. Null before it was counted.
   */
  audioMs: z.number().int().nullable(),
  micros: z.number().int().nullable(),
  month: z.number().int().nullable(),
  /** Of a language model: the talk that each of its requests is counted as, in milliseconds. */
  requestMs: z.number().int().optional(),
  findings: z.unknown(),
  findingsKey: z.string().nullable(),
  /** What is masked in its words, and the key of the words before; absent where nothing was looked for. */
  masked: z.array(piiKind).optional(),
  originalKey: z.string().nullable().optional(),
  /** When a server that answers later was about to be asked first: written before it is. Absent where none was. */
  askingAt: z.number().int().optional(),
  /** The same, once it has taken the question. */
  askedAt: z.number().int().optional(),
  /** Such a server said each time that it did not take the question; absent where nobody knows, as after a crash. */
  untaken: z.literal(true).optional(),
  createdAt: z.number().int(),
  completedAt: z.number().int().nullable(),
});

const engineRuns = z.array(engineRun);

export type EngineRun = z.infer<typeof engineRun>;

/** An engine that is to work on a recording. `model`: another than it is set to. */
export function newRun(engine: string, claimsBefore: number, now: number, model?: string): EngineRun {
  return {
    engine,
    ...(model !== undefined && { model }),
    version: null,
    state: "pending",
    reason: null,
    tries: 0,
    claimsBefore,
    audioMs: null,
    micros: null,
    month: null,
    findings: null,
    findingsKey: null,
    createdAt: now,
    completedAt: null,
  };
}

/** The runs of the engines beside the built-in one, in the order they were asked for. */
export function runsOf({ engines }: Pick<Row, "engines">): EngineRun[] {
  return engines === null ? [] : engineRuns.parse(engines);
}

/** The runs as a row holds them. */
export function packRuns(runs: readonly EngineRun[]): EngineRun[] | null {
  return runs.length === 0 ? null : [...runs];
}

export function isOpenRun({ state }: Pick<EngineRun, "state">): boolean {
  return state === "pending" || state === "late";
}

export function isSameRun(one: EngineRun, other: EngineRun): boolean {
  return one.engine === other.engine && one.claimsBefore === other.claimsBefore;
}

/** The runs without those that a later one of the same engine and version has taken the place of. */
export function withoutReplaced(runs: readonly EngineRun[]): EngineRun[] {
  return runs.filter((run, at) => {
    const later = runs.slice(at + 1).filter(({ engine, version }) => engine === run.engine && version === run.version);
    return !later.some(({ state }) => state === "completed" || run.state === "failed");
  });
}

export function failedRun(run: EngineRun, reason: string, now: number): EngineRun {
  return { ...run, state: "failed", reason, completedAt: now };
}

/** Whether an analysis has not ended yet. One with an engine at work again has: it is open work, and its call is not. */
export function isFirstTime({ state, completedAt }: Pick<Row, "state" | "completedAt">): boolean {
  return state === "pending" && completedAt === null;
}

/** The state that others see: an analysis with an engine at work again has ended once. */
export function publicState(row: Pick<Row, "state" | "completedAt">): AnalysisSnapshot["state"] {
  return row.state === "pending" && !isFirstTime(row) ? "completed" : row.state;
}

/** The state of every engine of an analysis, the built-in one first. */
export function enginesOf(row: Row): AnalysisSnapshot["engines"] {
  const builtIn = row.findings !== null ? "completed" : publicState(row);
  return [
    {
      engine: row.engine,
      version: row.engineVersion,
      state: builtIn,
      reason: builtIn === "completed" ? null : row.reason,
      completed_at: builtIn === "pending" ? null : toIso(row.completedAt),
    },
    ...runsOf(row).map((run) => {
      const { state, reason } = shownOf(row, run);
      return { engine: run.engine, version: run.version, state, reason, completed_at: toIso(run.completedAt) };
    }),
  ];
}

// A Worker of an earlier version ends an analysis without its other engines.
function shownOf(row: Row, run: EngineRun): Pick<EngineRun, "state" | "reason"> {
  const isLeft = isOpenRun(run) && row.state !== "pending";
  return isLeft ? { state: "failed", reason: "not_run: the analysis was ended without it" } : run;
}
