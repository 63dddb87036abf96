import { err, ok, type Result } from "../../lib/result";
import { chunksOf } from "../../lib/byte-reader";
import { digestOf } from "../../lib/id";
import { openObject } from "../../lib/large-object";
import { MINUTE, SECOND } from "../../lib/time";
import type { AnalysisRow } from "../analyses";
import { bucketFile } from "../recording-file";
import { failedRun, type EngineRun } from "../engine-run";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../engine-work";
import { costOf, reserveSpend, settleRun, SPEND_CAP } from "../spend";
import type { Sound, Transcriber, TranscriptionFailure } from "./contract";
import { cutRecording } from "./cut";
import { keepMasked } from "./kept-originals";
import { planPieces, soundOf, type Piece } from "./plan";
import { loadProgress, pieceKey, saveProgress, type PieceOutcome, type Progress } from "./progress";
import { stitch } from "./stitch";

/** In one go, so that the recordings of others come to their turn. */
const TURN = 2 * MINUTE;
/** An engine that made nothing of the first pieces is not sent all the others. */
const MOST_FIRST_GAPS = 3;
/** What there is is kept so often, so that a crash has no more than that sent again. R2 takes one write a second of a key. */
const SAVE_AFTER = 2 * SECOND;

/** Has an engine turn the sound of a recording into words. */
export async function transcribe(deps: RunnerDeps, work: EngineWork, transcriber: Transcriber): Promise<RunOutcome> {
  const { analysis, findings } = work;
  const durationMs = Math.round(findings.durationSeconds * 1000);
  const pieces = planPieces(findings.channels, durationMs, transcriber.pieceSeconds);
  const named = { ...work.run, version: transcriber.version, kind: "transcript" as const };
  const run = await counted(deps, analysis, named, pieces, transcriber);
  if (!run) return ended(failedRun(named, SPEND_CAP, deps.now()));
  const progress = await loadProgress(deps.bucket, analysis.id, run);
  const stopped = await sendPieces(deps, { ...work, run }, { transcriber, pieces, progress });
  const outcome = await conclude(deps, { ...work, run }, { pieces, progress, stopped, transcriber });
  return { ...outcome, noted: run };
}

/** The run with what it will cost, which is counted once, before anything is sent. */
async function counted(
  { db, now }: RunnerDeps,
  analysis: AnalysisRow,
  run: EngineRun,
  pieces: readonly Piece[],
  { microsPerMinute }: Transcriber,
): Promise<EngineRun | undefined> {
  if (run.micros !== null) return run;
  const audioMs = soundOf(pieces);
  return reserveSpend(db, analysis, run, { audioMs, micros: costOf(audioMs, microsPerMinute) }, now());
}

/** Why not all pieces were sent: a failure of the engine, or the end of this turn. */
type Stopped = TranscriptionFailure | "turn" | null;

type Sending = { transcriber: Transcriber; pieces: readonly Piece[]; progress: Progress };

async function sendPieces(
  deps: RunnerDeps,
  work: EngineWork,
  { transcriber, pieces, progress }: Sending,
): Promise<Stopped> {
  const left = pieces.filter((piece) => !progress.has(pieceKey(piece)));
  if (left.length === 0) return null;
  const opened = await openObject(deps.bucket, work.key, work.recording.size);
  if (!opened) return { kind: "down", detail: "the recording is not in storage" };
  const until = deps.now() + TURN;
  let stopped: Stopped = null;
  let sent = 0;
  let savedAt = deps.now();
  const file = bucketFile(deps.bucket, opened.object);
  const { mediaType } = work.recording;
  const input = { chunks: chunksOf(opened.bytes), file, ...(mediaType && { mediaType }) };
  const cut = await cutRecording(input, left, async (piece, sound) => {
    const heard = await hear(transcriber, sound, work, piece);
    if (!heard.ok) {
      stopped ??= heard.error;
      return false;
    }
    progress.set(pieceKey(piece), heard.value);
    sent += 1;
    if (isHopeless(progress, pieces)) stopped ??= { kind: "refused", detail: gapsOf(progress)[0] ?? "" };
    if (deps.now() >= savedAt + SAVE_AFTER) {
      savedAt = deps.now();
      await saveProgress(deps.bucket, work.analysis.id, work.run, progress);
    }
    if (deps.now() >= until && sent < left.length) stopped ??= "turn";
    return stopped === null;
  });
  if (stopped === null && !cut.ok)
    return { kind: "down", detail: `the recording could not be read: ${cut.error.kind}` };
  return stopped;
}

/** A piece of whose answer nothing can be made is tried twice, and is a gap then; one that the engine takes not is one at once. */
async function hear(
  transcriber: Transcriber,
  sound: Sound,
  work: EngineWork,
  piece: Piece,
): Promise<Result<PieceOutcome, TranscriptionFailure>> {
  const { analysis, run } = work;
  // What changed meanwhile is another question: under the same key a server would answer the old one, or refuse.
  const asked = [transcriber.version, work.language ?? "", ...work.keyterms];
  for (let attempt = 1; ; attempt += 1) {
    // A second attempt asks for another answer, not for the same again.
    const sending = [analysis.id, run.engine, String(run.claimsBefore), pieceKey(piece), String(attempt), ...asked];
    const heard = await transcriber.transcribe({ ...sound, idempotencyKey: await digestOf(sending) }, work);
    if (heard.ok) return ok(heard.value);
    const { kind, detail } = heard.error;
    if (kind === "down" || kind === "timeout" || kind === "busy" || kind === "refused") return err(heard.error);
    if (attempt === 2 || kind !== "bad_answer") return ok({ gap: `${kind}: ${detail}` });
  }
}

function isHopeless(progress: Progress, pieces: readonly Piece[]): boolean {
  const gaps = gapsOf(progress).length;
  return gaps === progress.size && gaps >= Math.min(MOST_FIRST_GAPS, pieces.length);
}

function gapsOf(progress: Progress): string[] {
  return [...progress.values()].flatMap((outcome) => ("gap" in outcome ? [outcome.gap] : []));
}

type Sent = { pieces: readonly Piece[]; progress: Progress; stopped: Stopped; transcriber: Transcriber };

async function conclude(deps: RunnerDeps, work: EngineWork, sent: Sent): Promise<RunOutcome> {
  const { run, analysis } = work;
  const { pieces, progress, stopped } = sent;
  const now = deps.now();
  // Before the row is written: where that fails, or a crash comes first, what was paid for is not sent again.
  if (progress.size > 0 && (stopped !== null || run.micros !== 0))
    await saveProgress(deps.bucket, analysis.id, run, progress);
  if (stopped === null) {
    const found = stitch(pieces, progress, work);
    const kept = await keepMasked(deps.bucket, analysis.id, found, work.redact, now);
    return settle(work, { ...run, ...kept, state: "completed", reason: null, completedAt: now }, sent);
  }
  if (stopped === "turn") return { run, retryAt: now };
  const reason = `${stopped.kind}: ${stopped.detail}`;
  const wait = stopped.kind === "refused" ? undefined : WAITS[run.tries];
  if (wait === undefined) return settle(work, failedRun(run, reason, now), sent);
  return { run: { ...run, tries: run.tries + 1, reason }, retryAt: now + wait };
}

/** The end of a run, with what was counted for it and not sent. */
function settle({ analysis }: EngineWork, run: EngineRun, sent: Sent): RunOutcome {
  const audioMs = soundOf(sent.pieces.filter((piece) => sent.progress.has(pieceKey(piece))));
  const used = { audioMs, micros: costOf(audioMs, sent.transcriber.microsPerMinute) };
  return { ...settleRun(analysis.organizationId, run, used), retryAt: null };
}

function ended(run: EngineRun): RunOutcome {
  return { run, retryAt: null };
}
