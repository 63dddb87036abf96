import type { SQL } from "drizzle-orm";
import {
  judgeUnheardCall,
  keepPlatformAnalysis,
  repeatsOf,
  snapshotAnalysis,
  type AnalysisRow,
  type Repeats,
  type RuleRow,
} from "../analysis";
import { snapshotCall, type CallRow } from "../calls";
import type { Database } from "../db/client";
import type { GuardedEvent } from "../events";
import type { RowWrite } from "../db/rows";
import { analysisChanges } from "./analysis-changes";
import type { CallFile } from "./consequences";
import { warningsOf } from "./warn";

/** `rulesOf`: the rules of an organization that look at calls; what is found is kept for a while. */
export type JudgeDeps = {
  db: Database;
  bucket: R2Bucket;
  rulesOf(organizationId: string): Promise<RuleRow[]>;
};

/** What rules found, for the batch that is written; `analyses` are those of the call with it. */
export type Judged = { analyses: AnalysisRow[]; facts: GuardedEvent[]; rows: RowWrite[] };

/** The columns of a call that rules look at, and those that say whether they do. */
const LOOKED_AT = [
  "terminal",
  "quarantine",
  "campaignId",
  "startedAt",
  "fromRaw",
  "fromE164",
  "toRaw",
  "toE164",
  "conversation",
] as const satisfies readonly (keyof CallRow)[];

/** Whether rules may find something else in a call than before: what is told again, or of its length, is no matter to them. */
export function isNewToRules(before: CallRow | undefined, after: CallRow): boolean {
  return !before || LOOKED_AT.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** What rules count of those of these calls that `judgeUnheard` looks at, in one query for all; none where no rule counts. */
export async function repeatsAmong(deps: JudgeDeps, files: readonly CallFile[]): Promise<Repeats> {
  const calls = files.filter(isUnheard).map(({ call }) => call);
  return repeatsOf(
    deps.db,
    await Promise.all(calls.map(async (call) => ({ call, rules: await deps.rulesOf(call.organizationId) }))),
  );
}

/**
 * What rules find in a call that has ended and has no recording here, nor will have one: none was announced, or none could be
 * had. A call with a recording is looked at when its analysis ends. One that waits for its campaign is looked at when it has
 * one. `file` is as the batch leaves it; `guard` holds when it is written.
 */
export async function judgeUnheard(
  deps: JudgeDeps & { repeats?: Repeats },
  file: CallFile,
  guard: SQL,
  now: number,
): Promise<Judged> {
  const { call, analyses } = file;
  const nothing: Judged = { analyses: [...analyses], facts: [], rows: [] };
  if (!isUnheard(file)) return nothing;
  const rules = await deps.rulesOf(call.organizationId);
  const after = await judgeUnheardCall(deps, call, analyses, rules, now);
  if (after === undefined) return nothing;
  const before = analyses.find(({ id }) => id === after.id);
  const all = [...analyses.filter(({ id }) => id !== after.id), after];
  const warnings = warningsOf(call, after, all, guard, now);
  return {
    analyses: all,
    facts: [factOf(before, after, file), ...warnings.facts],
    rows: [keepPlatformAnalysis(after, guard), ...warnings.rows],
  };
}

function isUnheard({ call, recordings, analyses }: CallFile): boolean {
  return (
    call.terminal !== null &&
    call.quarantine === null &&
    recordings.every(({ state }) => state === "failed") &&
    analyses.every(({ findings, state }) => findings === null && state !== "pending")
  );
}

function factOf(before: AnalysisRow | undefined, after: AnalysisRow, file: CallFile): GuardedEvent {
  const analysis = snapshotAnalysis(after);
  const call = snapshotCall(file.call);
  if (before === undefined) return { type: "analysis.completed", data: { analysis, call } };
  return {
    type: "analysis.updated",
    data: { analysis, call, changes: analysisChanges(snapshotAnalysis(before), analysis) },
  };
}

/** Facts of a call without warnings that are in them already: rules and the platform may warn in one batch. */
export function warnedOnce(facts: readonly GuardedEvent[]): GuardedEvent[] {
  return facts.filter(
    ({ type }, at) => !type.startsWith("fraud.") || facts.findIndex((other) => other.type === type) === at,
  );
}
