import { MINUTE } from "../../lib/time";
import { failedRun, isOpenRun, type EngineRun } from "../engine-run";
import { costOf, isWithinCap } from "../spend";
import { hasWords, readTranscript, transcribedRuns } from "../transcription/kept";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../engine-work";
import type { TranscriptionFailure } from "../transcription/contract";
import type { Transcript } from "../transcription/transcript";
import { keepScores } from "./kept-scores";
import { scoreCall, type ChatModel } from "./llm/score-call";
import { FIFTEEN } from "./rubric";
import type { ScoreSet } from "./score-set";

type Scorer = { model: ChatModel; microsPerMinute: number };

/** Has a language model score the words that another engine of the same analysis heard. */
export async function runScorer(
  deps: RunnerDeps,
  work: EngineWork,
  { model, microsPerMinute }: Scorer,
): Promise<RunOutcome> {
  const now = deps.now();
  const named: EngineRun = { ...work.run, version: model.version, kind: "scores" };
  const [newest] = transcribedRuns([{ ...work.analysis, engines: [...work.runs] }]);
  if (!newest) {
    const others = work.runs.filter((one) => hasWords(one) && one.engine !== named.engine && isOpenRun(one));
    if (others.length > 0) return { run: named, retryAt: now + MINUTE, waits: true };
    return ended(failedRun(named, "no_transcript: no engine of this analysis has words of it", now));
  }
  const transcript = await readTranscript(deps.bucket, newest.run);
  const channels = transcript ? channelsFor(transcript, work) : [];
  if (!transcript || channels.length === 0)
    return {
      ...ended({ ...named, state: "completed", reason: null, completedAt: now }),
      scores: setOf(named, [], now),
    };
  const run = await priced(deps, work, named, transcript, microsPerMinute);
  if (!run) return ended(failedRun(named, "spend_cap: the organization's limit for this month would be passed", now));
  const scored = await scoreCall(model, transcript, channels, FIFTEEN);
  const at = deps.now();
  if (scored.ok) {
    const { set, findingsKey } = await keepScores(deps.bucket, work.analysis.id, setOf(run, scored.value, at));
    return { ...ended({ ...run, findingsKey, state: "completed", reason: null, completedAt: at }), scores: set };
  }
  const reason = `${scored.error.kind}: ${scored.error.detail}`;
  const wait = isPassing(scored.error) ? WAITS[run.tries] : undefined;
  if (wait !== undefined) return { run: { ...named, tries: run.tries + 1, reason }, retryAt: at + wait };
  // A server that took no question has cost nothing.
  return ended(failedRun(wasAnswered(scored.error) ? run : named, reason, at));
}

function ended(run: EngineRun): RunOutcome {
  return { run, retryAt: null };
}

function wasAnswered({ kind }: TranscriptionFailure): boolean {
  return kind === "bad_answer";
}

function isPassing({ kind }: TranscriptionFailure): boolean {
  return kind === "down" || kind === "timeout" || kind === "busy";
}

/** The channels with words. Under `eu` the operator's is not among them, nor one that carries everyone. */
function channelsFor(transcript: Transcript, { policy, operatorChannel }: EngineWork): number[] {
  const spoken = [...new Set(transcript.segments.map(({ channel }) => channel))].toSorted((one, other) => one - other);
  if (policy !== "eu") return spoken;
  return operatorChannel === null ? [] : spoken.filter((channel) => channel !== operatorChannel);
}

function setOf({ engine, version }: EngineRun, channels: ScoreSet["channels"], at: number): ScoreSet {
  return { engine, version, at, reason: null, indicator: false, channels };
}

/** The run with what it costs; undefined where that is more than the organization's limit leaves. */
async function priced(
  deps: RunnerDeps,
  { analysis: { organizationId } }: EngineWork,
  run: EngineRun,
  transcript: Transcript,
  microsPerMinute: number,
): Promise<EngineRun | undefined> {
  const audioMs = transcript.segments.reduce((sum, { start, end }) => sum + end - start, 0);
  const micros = costOf(audioMs, microsPerMinute);
  // Counted with the end of the analysis, for a row: what several calls ask at once may pass the limit by that much.
  return (await isWithinCap(deps.db, organizationId, micros, deps.now())) ? { ...run, audioMs, micros } : undefined;
}
