import {
  analysisEnded,
  analysisWork,
  completedAnalysis,
  countScores,
  giveBack,
  indicatorsOf,
  isFirstTime,
  isMeasuring,
  isOpenRun,
  judgeCall,
  LATE_AFTER,
  lateAnalysis,
  maskedRuns,
  maskQuotes,
  packRuns,
  redactedBefore,
  runsOf,
  scoreSetsOf,
  withoutReplaced,
  withRedaction,
  withRun,
  type AnalysisRow,
  type EngineRun,
  type Refund,
  type RuleRow,
  type RunEngine,
  type ScoreSet,
} from "../analysis";
import { setTalkStrip } from "../calls";
import { runBatch } from "../db/client";
import { writeRows } from "../db/rows";
import { isMine, postpone } from "../db/work";
import { MINUTE } from "../lib/time";
import type { EventsMessage } from "../queues/messages";
import { readCallFile, type CallFile } from "./consequences";
import { endAnalysis, type EndDeps } from "./end-analysis";
import { measureAgain } from "./measure-again";
import { giveUpAnalysis } from "./give-up";
import { deleteForgotten, forgettingOf } from "./forget-original";
import { hearRecording, reasonOf, type Heard, type HearDeps } from "./hear-recording";

/** `wordsCome` is called before words of a call are written: it has the call indexed for search a moment later. */
export type AnalysisDeps = HearDeps &
  EndDeps & {
    runEngine: RunEngine;
    wordsCome(call: EventsMessage): Promise<void>;
    /** The rules of an organization that look at calls. */
    rulesOf(organizationId: string): Promise<RuleRow[]>;
  };

/** Tries of one analysis: what fails by chance three times (storage, a killed isolate) is given up with its reason. */
const MAX_ATTEMPTS = 3;
/**
 * Claims of one analysis, those that a restart gave back included: what takes the process with it each time must end.
 */
const MAX_CLAIMS = 12;

/** One try at an analysis that is claimed; `known` is its call's file at that time. */
export async function tryAnalysis(
  deps: AnalysisDeps,
  claimed: AnalysisRow,
  known: CallFile | undefined,
): Promise<void> {
  const { now } = deps;
  if (isSpent(claimed)) return giveUpAnalysis(deps, claimed, claimed.reason ?? "crashed", known);
  const heard = await orLetGo(deps, claimed, () => hearRecording(deps, claimed, known));
  if (heard.ok) {
    const worked = await orLetGo(deps, claimed, () => runEngines(deps, claimed, heard.value, known));
    const judge = () =>
      riskOf(deps, { ...claimed, ...worked.heard.kept, scores: worked.scores }, worked.heard, worked, known);
    return finish(deps, claimed, { ...worked, risk: await orLetGo(deps, claimed, judge) }, known);
  }
  const reason = reasonOf(heard.error);
  if (heard.error.kind === "unreadable" && claimed.attempts < MAX_ATTEMPTS) {
    await runBatch(deps.db, [postpone(deps.db, analysisWork, claimed, now() + claimed.attempts * MINUTE, { reason })]);
    return;
  }
  await giveUpAnalysis(deps, claimed, reason, known);
}

function isSpent(claimed: AnalysisRow): boolean {
  const open = runsOf(claimed).filter(isOpenRun);
  const before = open.length === 0 ? 0 : Math.min(...open.map(({ claimsBefore }) => claimsBefore));
  return claimed.attempts > MAX_ATTEMPTS || claimed.claims - before > MAX_CLAIMS;
}

/** `heard`: by the built-in engine, which may have been asked again too. */
type Worked = { heard: Heard; runs: EngineRun[]; retryAt: number | null; refunds: Refund[]; scores: ScoreSet[] };
type Judged = Worked & { risk: AnalysisRow["risk"] };

/** The risk of what was found, once nothing more comes. */
async function riskOf(
  deps: AnalysisDeps,
  found: AnalysisRow,
  { operatorChannel }: Heard,
  { runs, scores }: Worked,
  known: CallFile | undefined,
): Promise<AnalysisRow["risk"]> {
  const rules = await deps.rulesOf(found.organizationId);
  if (rules.length === 0 && found.risk === null) return null;
  const file = known ?? (await readCallFile(deps.db, found.callId));
  const analysis = { ...found, engines: packRuns(runs), scores: scores.length > 0 ? scores : null };
  return file ? judgeCall(deps, { call: file.call, analysis, operatorChannel }, rules, deps.now()) : found.risk;
}

/**
 * Has every engine that has not ended work on the recording, one after the other, and those again that waited for what
 * another of them brought.
 */
async function runEngines(
  deps: AnalysisDeps,
  analysis: AnalysisRow,
  before: Heard,
  known: CallFile | undefined,
): Promise<Worked> {
  let heard = before;
  const asked = known?.rules ?? { language: null, keyterms: [], policy: null, redact: [], about: null };
  const every = [...runsOf(analysis), ...(known?.analyses ?? []).flatMap(runsOf)];
  const redact = [...new Set([...asked.redact, ...redactedBefore(every, known?.call)])];
  const rules = { ...asked, redact };
  const runs = await maskedRuns(
    deps.bucket,
    analysis,
    withRedaction(runsOf(analysis), redact, analysis.claims, deps.now()),
    redact,
    deps.now(),
  );
  const refunds: Refund[] = [];
  // Quotes from before the campaign redacted; those of masked words have nothing to mask.
  const scores = maskQuotes(scoreSetsOf(analysis), redact);
  const retries = new Map<number, number>();
  // What an engine had written of its run before it was asked stays when another has the same done.
  let row = analysis;
  const work = async (at: number): Promise<boolean> => {
    const run = runs[at]!;
    if (isMeasuring(run)) {
      const again = await measureAgain(deps, analysis, run, heard);
      heard = again.heard;
      runs[at] = again.run;
      if (again.retryAt !== null) retries.set(at, again.retryAt);
      return false;
    }
    const outcome = await deps.runEngine({ analysis: row, run, runs, ...heard, ...rules, call: known?.call ?? null });
    runs[at] = outcome.run;
    if (outcome.noted) row = withRun(row, outcome.noted);
    if (outcome.refund) refunds.push(outcome.refund);
    if (outcome.scores) keepSet(scores, outcome.scores);
    if (outcome.retryAt === null) retries.delete(at);
    else retries.set(at, outcome.retryAt);
    return outcome.waits === true;
  };
  const waiting: number[] = [];
  for (const [at, run] of runs.entries()) if (isOpenRun(run) && (await work(at))) waiting.push(at);
  // What was heard just now may have to be muted too.
  const again = withRedaction(runs, redact, analysis.claims, deps.now());
  if (again.length > runs.length) {
    runs.push(...again.slice(runs.length));
    await work(runs.length - 1);
  }
  for (const at of waiting) await work(at);
  if (known?.rules.indicators === true && (heard !== before || !scores.some(({ indicator }) => indicator)))
    keepSet(scores, indicatorsOf(heard.findings, { ...heard, ...rules }, deps.now()));
  const retryAt = retries.size === 0 ? null : Math.min(...retries.values());
  return { heard, runs, retryAt, refunds, scores };
}

/** The scores of an engine take the place of those that it gave before in the same version. */
function keepSet(sets: ScoreSet[], set: ScoreSet): void {
  const known = sets.findIndex(({ engine, version }) => engine === set.engine && version === set.version);
  if (known < 0) sets.push(set);
  else sets[known] = set;
}

async function finish(
  deps: AnalysisDeps,
  claimed: AnalysisRow,
  { heard, runs, retryAt, refunds, scores: sets, risk }: Judged,
  known: CallFile | undefined,
): Promise<void> {
  const { kept, talkStrip } = heard;
  const isFirst = isFirstTime(claimed);
  const scores = sets.length > 0 ? sets : null;
  const isLate = retryAt !== null && isFirst && retryAt > claimed.createdAt + LATE_AFTER;
  if (retryAt !== null && !isLate) {
    const progress = { ...kept, engines: packRuns(runs), scores, attempts: 0 };
    const mine = isMine(analysisWork, claimed);
    // The next try no longer sees that the recording was measured again.
    const isOther = !isFirst && kept.engineVersion !== claimed.engineVersion && talkStrip !== null;
    const strip = isOther ? [setTalkStrip(claimed.callId, talkStrip, mine)] : [];
    await runBatch(deps.db, [
      ...writeRows(deps.db, [...refunds.map((one) => giveBack(one, mine)), ...strip]),
      postpone(deps.db, analysisWork, claimed, retryAt, progress),
    ]);
    return;
  }
  const late = runs.map((run) => (run.state === "pending" ? { ...run, state: "late" as const } : run));
  const forgetting = isLate ? undefined : await forgettingOf(deps, known, heard, late, deps.now());
  const spent = countScores(claimed.organizationId, withoutReplaced(late), deps.now());
  const ended = completedAnalysis({ ...claimed, scores, risk }, kept, spent.runs, deps.now());
  const written = isLate ? lateAnalysis(ended, retryAt) : ended;
  // Before the write: after it, a crash in between would leave the words out of the index.
  if (risk !== null || runs.some(({ state }) => state === "completed"))
    await deps.wordsCome({ organizationId: claimed.organizationId, stream: claimed.callId });
  await endAnalysis(deps, written, known, {
    talkStrip: isFirst || kept.engineVersion !== claimed.engineVersion ? talkStrip : null,
    writes: (row) => [
      ...refunds.map((one) => giveBack(one, analysisEnded(row))),
      ...spent.writes(analysisEnded(row)),
      ...(forgetting?.writes(row) ?? []),
    ],
  });
  if (forgetting) await deleteForgotten(deps, forgetting);
}

/**
 * A platform error frees the claim before it goes on to the queue, so that the next try does not have to wait for the
 * lease.
 */
async function orLetGo<T>(deps: AnalysisDeps, claimed: AnalysisRow, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = `platform: ${String(cause)}`;
    await runBatch(deps.db, [postpone(deps.db, analysisWork, claimed, deps.now(), { reason })]).catch(() => undefined);
    throw cause;
  }
}
