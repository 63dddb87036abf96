import { ok } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { failedRun, isOpenRun, type EngineRun } from "../engine-run";
import { costOf, reserveSpend, settleRun, type Cost } from "../spend";
import { hasWords, readTranscript, transcribedRuns } from "../transcription/kept";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../engine-work";
import type { Scorer } from "../load-engine";
import type { TranscriptionFailure } from "../transcription/contract";
import type { Transcript } from "../transcription/transcript";
import type { AboutCall } from "./about-call";
import { keepScores } from "./kept-scores";
import { askedOnce, occasionOf } from "./llm/asked-once";
import { metered } from "./llm/metered";
import type { Asked } from "./llm/prompt";
import { scoreCall, type ChatModel } from "./llm/score-call";
import { tellAbout } from "./llm/tell-about";
import { criteriaFor, type Criterion } from "./rubric";
import type { ScoreSet } from "./score-set";

/** Has a language model score the words that another engine of the same analysis heard. */
export async function runScorer(
  deps: RunnerDeps,
  work: EngineWork,
  { model, criteria, version, microsPerMinute }: Scorer,
): Promise<RunOutcome> {
  const now = deps.now();
  const named: EngineRun = { ...work.run, version, kind: "scores" };
  const [newest] = transcribedRuns([{ ...work.analysis, engines: [...work.runs] }]);
  if (!newest) {
    const others = work.runs.filter((one) => hasWords(one) && one.engine !== named.engine && isOpenRun(one));
    if (others.length > 0) return { run: named, retryAt: now + MINUTE, waits: true };
    return endOf(work, failedRun(named, "no_transcript: no engine of this analysis has words of it", now), NOTHING);
  }
  const transcript = await readTranscript(deps.bucket, newest.run);
  if (!transcript || transcript.segments.length === 0) return silent(work, named, now);
  const channels = channelsFor(transcript, work);
  const asked = askedOf(channels, criteria, work.operatorChannel);
  // What was said is sent once for the scores, and once for what the whole call was about; once more for each repair.
  const questions = (asked.size > 0 ? 1 : 0) + (work.about === null ? 0 : 1);
  if (questions === 0) return silent(work, named, now);
  const price = priceOf(transcript, microsPerMinute);
  const occasion = { folder: work.analysis.id, name: occasionOf(named) };
  // What is reserved as the questions are asked, and what more where an answer has to be repaired.
  let run: EngineRun = { ...named, requestMs: price(1).audioMs };
  const pay = async (requests: number) => {
    const wanted = price(Math.max(requests, questions));
    if (run.micros !== null && wanted.micros <= run.micros) return true;
    const more = { audioMs: wanted.audioMs - (run.audioMs ?? 0), micros: wanted.micros - (run.micros ?? 0) };
    const reserved = await reserveSpend(deps.db, work.analysis, run, more, now);
    run = reserved ?? run;
    return reserved !== undefined;
  };
  const asking = metered(model, pay, (one) => askedOnce(deps.bucket, occasion, one));
  const told = await tell(asking.model, transcript, { asked, channels }, work);
  const at = deps.now();
  const noted = run;
  const { failure } = told;
  if (failure && isPassing(failure)) {
    const wait = WAITS[run.tries];
    const reason = reasonOf(failure);
    // What was answered is kept, and not asked again; what was counted stays counted.
    if (wait !== undefined) return { run: { ...run, tries: run.tries + 1, reason }, retryAt: at + wait, noted };
  }
  const used = price(asking.billed());
  const end = (last: EngineRun) => ({ ...endOf(work, last, used), noted });
  if (told.scores === undefined) return end(failedRun(run, failure ? reasonOf(failure) : "", at));
  const found = { ...setOf(run, told.scores, at), ...(told.about && { about: told.about }) };
  const { set, findingsKey } = await keepScores(deps.bucket, work.analysis.id, found);
  return { ...end({ ...run, findingsKey, state: "completed", reason: null, completedAt: at }), scores: set };
}

/** What a model said: the first failure, and what there is without it. Without scores the other question is not asked. */
type Told = {
  failure?: TranscriptionFailure;
  scores?: ScoreSet["channels"];
  about?: AboutCall;
};

async function tell(
  model: ChatModel,
  transcript: Transcript,
  { asked, channels }: { asked: Asked; channels: readonly number[] },
  { about: wanted, policy }: EngineWork,
): Promise<Told> {
  const scored = asked.size === 0 ? ok([]) : await scoreCall(model, transcript, asked);
  if (!scored.ok) return { failure: scored.error };
  const first = { scores: scored.value };
  if (wanted === null) return first;
  const about = await tellAbout(model, transcript, { ...wanted, channels, policy });
  if (about.ok) return { ...first, about: about.value };
  const nothing = { reason: reasonOf(about.error), statements: [], topics: [], sentiments: [] };
  return { ...first, failure: about.error, about: nothing };
}

/** The end of a run over a call on which nobody said what may be judged. */
function silent(work: EngineWork, run: EngineRun, now: number): RunOutcome {
  const scores = setOf(run, [], now);
  return { ...endOf(work, { ...run, state: "completed", reason: null, completedAt: now }, NOTHING), scores };
}

function reasonOf({ kind, detail }: TranscriptionFailure): string {
  return `${kind}: ${detail}`;
}

const NOTHING: Cost = { audioMs: 0, micros: 0 };

/** The end of a run; what was counted for it before and not used is given back. */
function endOf({ analysis }: EngineWork, run: EngineRun, used: Cost): RunOutcome {
  return { ...settleRun(analysis.organizationId, run, used), retryAt: null };
}

function isPassing({ kind }: TranscriptionFailure): boolean {
  return kind === "down" || kind === "timeout" || kind === "busy";
}

/** What is asked for of each of these channels; not of one of which nothing is. */
export function askedOf(
  channels: readonly number[],
  criteria: readonly Criterion[],
  operatorChannel: number | null,
): Asked {
  const own = channels.map((channel) => [channel, criteriaFor(criteria, channel, operatorChannel)] as const);
  return new Map(own.filter(([, found]) => found.length > 0));
}

/** The channels with words. Under `eu` the operator's is not among them, nor one that carries everyone. */
export function channelsFor(
  transcript: Transcript,
  { policy, operatorChannel }: Pick<EngineWork, "policy" | "operatorChannel">,
): number[] {
  const spoken = [...new Set(transcript.segments.map(({ channel }) => channel))].toSorted((one, other) => one - other);
  if (policy !== "eu") return spoken;
  return operatorChannel === null ? [] : spoken.filter((channel) => channel !== operatorChannel);
}

function setOf({ engine, version }: EngineRun, channels: ScoreSet["channels"], at: number): ScoreSet {
  return { engine, version, at, reason: null, indicator: false, channels };
}

/** What so many requests about a transcript cost, by the talk in it. */
function priceOf(transcript: Transcript, microsPerMinute: number): (requests: number) => Cost {
  const talk = transcript.segments.reduce((sum, { start, end }) => sum + end - start, 0);
  return (requests) => ({ audioMs: requests * talk, micros: costOf(requests * talk, microsPerMinute) });
}
