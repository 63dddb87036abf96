import { playbackKey, signPlaybackLink } from "../../../recordings";
import { failedRun, isOpenRun, isSameRun, runsOf, type EngineRun } from "../../engine-run";
import { costOf, reserveSpend, SPEND_CAP } from "../../spend";
import { digestOf } from "../../../lib/id";
import type { Result } from "../../../lib/result";
import { MINUTE, SECOND } from "../../../lib/time";
import { lastRedaction, renditionOf } from "../../redaction/runs-of-redaction";
import type { TranscriptionFailure } from "../../transcription/contract";
import { askServer, failure, IDEMPOTENCY_KEY, type AskDeps } from "../../transcription/ask";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../../engine-work";
import { failUnfinished } from "../../used-of";
import { LATE_AFTER, noteRun } from "../../work";
import { keepScores } from "../kept-scores";
import { ANSWER_WITHIN, signAnswerLink, type AnswerFor } from "./answer-link";
import { engineAnswer, setOfAnswer, SIGNATURE, signBody, type EngineAnswer, type HttpEngine } from "./contract";
import { findAnswer } from "./kept-answer";

/** What takes longer answers later. */
const PATIENCE = 60 * SECOND;

/** Failures by which a server says that it did not take the question; after a timeout nobody knows. */
const TOOK_NOTHING: readonly TranscriptionFailure["kind"][] = ["refused", "bad_request", "busy", "down"];

/**
 * Has a server score a recording: it is handed a signed link to the audio, and answers at once or later, to an address
 * of ours. That it is about to be asked is written first. A question that it has taken is not asked again; one that
 * nobody knows about, because a crash or a failure came in between, is sent again as it was, under the same key, unless
 * its answer is there already. What is waited for is looked for when the answer comes and when its time is over.
 */
export async function runHttp(deps: RunnerDeps, work: EngineWork, engine: HttpEngine): Promise<RunOutcome> {
  const { analysis, run: given } = work;
  const run: EngineRun = { ...given, kind: "scores" };
  const now = deps.now();
  const to: AnswerFor = {
    organizationId: analysis.organizationId,
    analysisId: analysis.id,
    engine: run.engine,
    run: run.claimsBefore,
  };
  if (engine.key === null)
    return failUnfinished(deps, work.analysis, run, "refused: the engine has no key to sign with");
  if (run.askedAt === undefined && work.redact.length > 0) {
    // It is handed what anybody may hear, and its link opens that only once the row says that it is there.
    const redaction = lastRedaction(work.runs);
    if (!redaction || isOpenRun(redaction)) return { run, retryAt: now + MINUTE, waits: true };
    if (redaction.state === "failed")
      return failUnfinished(
        deps,
        work.analysis,
        run,
        `being_redacted: the recording is held back: ${redaction.reason ?? ""}`,
      );
    const stored = lastRedaction(runsOf(work.analysis));
    if (!stored || isOpenRun(stored) || !isSameRun(stored, redaction)) return { run, retryAt: now };
  }
  const begun = run.askedAt ?? run.askingAt;
  const answer = begun === undefined ? undefined : await findAnswer(deps.bucket, to);
  if (answer) return take(deps, work, run.micros === null ? { ...run, ...priceOf(work, engine) } : run, answer);
  const deadline = begun === undefined ? Infinity : begun + ANSWER_WITHIN;
  if (now >= deadline) return failUnfinished(deps, work.analysis, run, "timeout: no answer within 6 hours");
  if (run.askedAt === undefined) return ask(deps, work, { ...engine, key: engine.key }, run, to);
  return { run, retryAt: nextLook(analysis.createdAt, deadline, now) };
}

/** Asks a server whether it is there, as it is asked to score; what it answers is not read. */
export async function tryHttp(
  deps: AskDeps & { now(): number },
  { url, key }: HttpEngine,
): Promise<Result<unknown, TranscriptionFailure>> {
  if (key === null) return failure("refused", "the engine has no key to sign with");
  const body = JSON.stringify({ test: true });
  const headers = { "content-type": "application/json", [SIGNATURE]: await signBody(key, body, deps.now()) };
  return askServer(deps, url, { headers, body }, PATIENCE, true);
}

/** The analysis waits for the answer as long as for any engine; then it ends, and the answer is an update of it. */
function nextLook(createdAt: number, deadline: number, now: number): number {
  const late = createdAt + LATE_AFTER;
  return now < late ? Math.min(late, deadline) : deadline;
}

async function ask(
  deps: RunnerDeps,
  work: EngineWork,
  engine: HttpEngine & { key: string },
  run: EngineRun,
  to: AnswerFor,
): Promise<RunOutcome> {
  const now = deps.now();
  // One that is sent again was counted with the note that it was about to be, and may have been taken.
  if (run.askingAt !== undefined) {
    const { untaken, ...again } = run;
    // A crash from here on leaves that nobody knows.
    if (untaken && !(await noteRun(deps.db, work.analysis, again))) return { run, retryAt: now };
    return { ...(await send(deps, work, engine, again, to, untaken === true)), noted: again };
  }
  const asking = { ...run, askingAt: now };
  const price = priceOf(work, engine);
  if (price.micros === 0 && !(await noteRun(deps.db, work.analysis, asking))) return { run, retryAt: now };
  const noted = await reserveSpend(deps.db, work.analysis, asking, price, now);
  if (!noted) return ended(failedRun(run, SPEND_CAP, now));
  return { ...(await send(deps, work, engine, noted, to, true)), noted };
}

/** Sends a question: the same bytes under the same key each time. `isUntaken`: it was not taken so far. */
async function send(
  deps: RunnerDeps,
  work: EngineWork,
  engine: HttpEngine & { key: string },
  run: EngineRun,
  to: AnswerFor,
  isUntaken: boolean,
): Promise<RunOutcome> {
  const askingAt = run.askingAt ?? deps.now();
  const expiresAt = askingAt + ANSWER_WITHIN;
  const body = JSON.stringify(await questionOf(deps, work, to, expiresAt));
  const headers = {
    "content-type": "application/json",
    [IDEMPOTENCY_KEY]: await digestOf([to.analysisId, to.engine, String(to.run)]),
    [SIGNATURE]: await signBody(engine.key, body, deps.now()),
  };
  const answered = await askServer(deps, engine.url, { headers, body }, PATIENCE, true);
  const at = deps.now();
  if (!answered.ok) {
    const { kind, detail } = answered.error;
    const reason = `${kind}: ${detail}`;
    const wait = kind === "down" || kind === "timeout" || kind === "busy" ? WAITS[run.tries] : undefined;
    const known: EngineRun = isUntaken && TOOK_NOTHING.includes(kind) ? { ...run, untaken: true } : run;
    if (wait === undefined) return failUnfinished(deps, work.analysis, known, reason);
    return { run: { ...known, tries: run.tries + 1, reason }, retryAt: at + wait };
  }
  const asked: EngineRun = {
    ...run,
    askedAt: askingAt,
    ...(run.micros === null && priceOf(work, engine)),
    reason: null,
  };
  const read = engineAnswer.safeParse(answered.value);
  if (read.success && (read.data.channels || read.data.error)) return take(deps, work, asked, read.data);
  if (!read.success) return ended(failedRun(asked, `bad_answer: ${read.error.issues[0]?.message ?? "unknown"}`, at));
  // It may have answered to our address before its answer to the question was read.
  const early = await findAnswer(deps.bucket, to);
  if (early) return take(deps, work, asked, early);
  return { run: asked, retryAt: nextLook(work.analysis.createdAt, expiresAt, at) };
}

function priceOf({ findings }: EngineWork, { microsPerMinute }: HttpEngine): { audioMs: number; micros: number } {
  const audioMs = Math.round(findings.durationSeconds * 1000);
  return { audioMs, micros: costOf(audioMs, microsPerMinute) };
}

async function questionOf(deps: RunnerDeps, work: EngineWork, to: AnswerFor, expiresAt: number) {
  const { publicUrl, masterKeys } = deps.config;
  const { analysis, recording, operatorChannel, findings } = work;
  const audio = {
    publicUrl,
    organizationId: to.organizationId,
    recordingId: analysis.recordingId,
    expiresAt,
    signingKey: await playbackKey(masterKeys),
  };
  return {
    analysis_id: analysis.id,
    call_id: analysis.callId,
    recording_id: analysis.recordingId,
    audio_url: await signPlaybackLink(audio),
    audio_url_expires_at: new Date(expiresAt).toISOString(),
    media_type: renditionOf(work.runs)?.mediaType ?? recording.mediaType,
    duration_seconds: findings.durationSeconds,
    channels: findings.channels.map(({ channel }) => ({
      channel,
      speaker: operatorChannel === null ? null : channel === operatorChannel ? "operator" : "customer",
    })),
    answer_url: await signAnswerLink({ ...to, publicUrl, masterKeys, expiresAt }),
  };
}

async function take(deps: RunnerDeps, work: EngineWork, run: EngineRun, answer: EngineAnswer): Promise<RunOutcome> {
  const now = deps.now();
  const named = { ...run, version: answer.version ?? null };
  if (answer.error) return ended(failedRun(named, `bad_answer: the engine says: ${answer.error}`, now));
  const { channels, ...rest } = setOfAnswer(run.engine, answer, now);
  const heard = { ...rest, channels: channels.filter(({ channel }) => mayBeScored(work, channel)) };
  const { set, findingsKey } = await keepScores(deps.bucket, work.analysis.id, heard);
  return { ...ended({ ...named, findingsKey, state: "completed", reason: null, completedAt: now }), scores: set };
}

/** A channel that the recording has, and that the campaign's policy does not leave out. */
function mayBeScored({ findings, operatorChannel, policy }: EngineWork, channel: number): boolean {
  if (channel >= findings.format.channels) return false;
  return policy !== "eu" || (operatorChannel !== null && channel !== operatorChannel);
}

function ended(run: EngineRun): RunOutcome {
  return { run, retryAt: null };
}
