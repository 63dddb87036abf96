import { ok } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { failedRun, isOpenRun, type EngineRun } from "../engine-run";
import { costOf, isWithinCap } from "../spend";
import { hasWords, readTranscript, transcribedRuns } from "../transcription/kept";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../engine-work";
import type { Scorer } from "../load-engine";
import { failure as failedAs } from "../transcription/ask";
import type { TranscriptionFailure } from "../transcription/contract";
import type { Transcript } from "../transcription/transcript";
import type { AboutCall } from "./about-call";
import { keepScores } from "./kept-scores";
import { askedOnce } from "./llm/asked-once";
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
    return ended(failedRun(named, "no_transcript: no engine of this analysis has words of it", now));
  }
  const transcript = await readTranscript(deps.bucket, newest.run);
  if (!transcript || transcript.segments.length === 0) return silent(named, now);
  const channels = channelsFor(transcript, work);
  const asked = askedOf(channels, criteria, work.operatorChannel);
  // What was said is sent once for the scores, and once for what the whole call was about.
  const questions = (asked.size > 0 ? 1 : 0) + (work.about === null ? 0 : 1);
  if (questions === 0) return silent(named, now);
  const price = (answered: number) => priceOf(transcript, answered, microsPerMinute);
  // Counted with the end of the analysis, for a row: what several calls ask at once may pass the limit by that much.
  const isAllowed = () => isWithinCap(deps.db, work.analysis.organizationId, price(questions).micros, now);
  const occasion = { folder: work.analysis.id, name: `${named.engine}-${named.claimsBefore}` };
  const told = await tell(
    askedOnce(deps.bucket, occasion, within(isAllowed, model)),
    transcript,
    { asked, channels },
    work,
  );
  const at = deps.now();
  const { failure } = told;
  if (failure && isPassing(failure)) {
    const wait = WAITS[named.tries];
    const reason = reasonOf(failure);
    // What was answered is kept, and not asked again.
    if (wait !== undefined) return { run: { ...named, tries: named.tries + 1, reason }, retryAt: at + wait };
  }
  const run = { ...named, ...(told.answered > 0 && price(told.answered)) };
  if (told.scores === undefined) return ended(failedRun(run, failure ? reasonOf(failure) : "", at));
  const found = { ...setOf(run, told.scores, at), ...(told.about && { about: told.about }) };
  const { set, findingsKey } = await keepScores(deps.bucket, work.analysis.id, found);
  return { ...ended({ ...run, findingsKey, state: "completed", reason: null, completedAt: at }), scores: set };
}

/** The model, asked nothing more than is allowed: that is looked at once, and not for what was answered and kept. */
function within(isAllowed: () => Promise<boolean>, model: ChatModel): ChatModel {
  let allowed: Promise<boolean> | undefined;
  return {
    version: model.version,
    async ask(...question) {
      if (await (allowed ??= isAllowed())) return model.ask(...question);
      return failedAs("spend_cap", "the organization's limit for this month would be passed");
    },
  };
}

/**
 * What a model said: `answered` questions, the first failure, and what there is without it. A server that took no question
 * has answered none; without scores the other question is not asked.
 */
type Told = {
  answered: number;
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
  if (!scored.ok) return { answered: wasAnswered(scored.error) ? 1 : 0, failure: scored.error };
  const first = { answered: asked.size === 0 ? 0 : 1, scores: scored.value };
  if (wanted === null) return first;
  const about = await tellAbout(model, transcript, { ...wanted, channels, policy });
  if (about.ok) return { ...first, answered: first.answered + 1, about: about.value };
  const answered = first.answered + (wasAnswered(about.error) ? 1 : 0);
  const nothing = { reason: reasonOf(about.error), statements: [], topics: [], sentiments: [] };
  return { ...first, answered, failure: about.error, about: nothing };
}

/** The end of a run over a call on which nobody said what may be judged. */
function silent(run: EngineRun, now: number): RunOutcome {
  const scores = setOf(run, [], now);
  return { ...ended({ ...run, state: "completed", reason: null, completedAt: now }), scores };
}

function reasonOf({ kind, detail }: TranscriptionFailure): string {
  return `${kind}: ${detail}`;
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

/** What so many questions about a transcript cost, by the talk in it. */
function priceOf(transcript: Transcript, questions: number, microsPerMinute: number) {
  const audioMs = questions * transcript.segments.reduce((sum, { start, end }) => sum + end - start, 0);
  return { audioMs, micros: costOf(audioMs, microsPerMinute) };
}
