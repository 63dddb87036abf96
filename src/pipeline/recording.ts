import { not, type SQL } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import type { RowWrite } from "../db/rows";
import { claimExpired, postpone } from "../db/work";
import { FULL_REACH } from "../identity";
import type { Clock } from "../lib/time";
import type { Nudges } from "../queues/senders";
import { MAX_FILE_ROUNDS, type CallFile, type CallRecord } from "./consequences";
import type { WriteEnd } from "./ends";
import {
  attemptKey,
  claimRecording,
  completedRecording,
  completeRecording,
  failedRecording,
  failRecording,
  findRecording,
  isSlow,
  MAX_RECORDING_BYTES,
  needsPatience,
  nextTry,
  openerOf,
  recordingWork,
  storeAudio,
  type AudioFailure,
  type AudioOpeners,
  type ClaimedRecording,
  type CompletedRecording,
  type FailedRecording,
  type LinkedRecording,
  type Patience,
  type RecordingName,
  type StoredAudio,
} from "../recordings";

type Following = { record?: CallRecord; when?: SQL };

export type RecordingDeps = {
  db: Database;
  bucket: R2Bucket;
  openers: AudioOpeners;
  now: Clock;
  /** In [0, 1). */
  random: () => number;
  nudges: Pick<Nudges, "recordings">;
  /**
   * What follows, for the batch that ends the recording. The row is as the batch leaves it; what follows guards itself
   * with `recordingWon` and `recordingFailed`. It is made from the call's file as `known`, or else read for it. Where
   * `when` no longer holds it is asked for again.
   */
  dependents: {
    completed(recording: CompletedRecording, known?: CallFile): Promise<Following>;
    failed(recording: FailedRecording, known?: CallFile): Promise<Following>;
  };
  writeEnd: WriteEnd;
  maxBytes?: number;
};

/** A try that others wait for: short, and what needs longer is handed over to the lane of its source. */
export type ShortTry = Patience & {
  /** Why not even to begin; undefined for a server that is known to be fast. */
  whyLane(claimed: LinkedRecording): string | undefined;
  /** Called when a try was not handed over. */
  ended(claimed: LinkedRecording, startedAt: number): void;
  /** `startedAt` is null where the server was not asked. */
  handOver(claimed: LinkedRecording, reason: string, startedAt: number | null): Promise<void>;
};

/** How one look at a recording ended. `idle`: nothing was due. `lost`: another attempt or an erasure came first. */
export type RecordingOutcome =
  | { kind: "idle" | "lost" | "handed_over" }
  | { kind: "completed"; recording: CompletedRecording }
  | { kind: "failed"; recording: FailedRecording }
  | { kind: "postponed"; dueAt: number; reason: string };

/**
 * One try at a recording: claim, fetch, look at it, store, register. Throws only when the platform does, and then has
 * let go of the claim, so that the redelivered message finds the recording due.
 */
export async function workOnRecording(
  deps: RecordingDeps,
  name: RecordingName,
  short?: ShortTry,
): Promise<RecordingOutcome> {
  const claimed = await claimRecording(deps.db, name, deps.now(), short && not(isSlow));
  return claimed ? tryRecording(deps, claimed, short) : { kind: "idle" };
}

/** The try itself, of a recording that is claimed; `known` is its call's file at that time. */
export async function tryRecording(
  deps: RecordingDeps,
  claimed: LinkedRecording,
  short?: ShortTry,
  known?: CallFile,
): Promise<RecordingOutcome> {
  try {
    const isOurs = openerOf(deps.openers, claimed.url).isOurs ?? false;
    const why = isOurs ? undefined : short?.whyLane(claimed);
    if (short && why !== undefined) return await handOver(short, claimed, why, null);
    const startedAt = deps.now();
    const stored = await bringIn(deps, claimed, short);
    if (!stored.ok && short && needsPatience(stored.error))
      return await handOver(short, claimed, stored.error.reason, startedAt);
    if (!isOurs) short?.ended(claimed, startedAt);
    if (!stored.ok) return await retryOrFail(deps, claimed, stored.error, known);
    const outcome = await register(deps, claimed, stored.value, known);
    if (outcome.kind === "completed") await openerOf(deps.openers, claimed.url).release?.(claimed);
    return outcome;
  } catch (error) {
    await putOff(deps, claimed, deps.now(), "platform: storing the recording was interrupted").catch(() => undefined);
    throw error;
  }
}

async function handOver(
  short: ShortTry,
  claimed: LinkedRecording,
  reason: string,
  startedAt: number | null,
): Promise<RecordingOutcome> {
  await short.handOver(claimed, reason, startedAt);
  return { kind: "handed_over" };
}

/** Fails a recording whose time is over, with the reason of its last try. */
export async function giveUpOnRecording(
  deps: RecordingDeps,
  { organizationId, callId, recordingId: id }: RecordingName,
): Promise<RecordingOutcome> {
  const claimed = await claimExpired(deps.db, recordingWork, { organizationId, callId, id }, deps.now());
  if (!claimed) return { kind: "idle" };
  const neverAsked =
    claimed.url === null ? "no_link: the platform never said where the recording is" : "gave_up: it was never tried";
  return giveUp(deps, claimed, claimed.reason ?? neverAsked);
}

/** Lets go of a claim and notes why: what the recording will be failed with if nothing better comes. */
async function putOff({ db }: RecordingDeps, claimed: ClaimedRecording, dueAt: number, reason: string): Promise<void> {
  await runBatch(db, [postpone(db, recordingWork, claimed, dueAt, { reason })]);
}

async function bringIn(deps: RecordingDeps, claimed: LinkedRecording, short?: ShortTry) {
  const maxBytes = deps.maxBytes ?? MAX_RECORDING_BYTES;
  const opener = openerOf(deps.openers, claimed.url);
  const audio = await opener.open(claimed, maxBytes, short);
  if (!audio.ok) return audio;
  const laterAbove = opener.isOurs ? undefined : short?.laterAbove;
  return storeAudio(deps.bucket, attemptKey(claimed, deps.now()), audio.value, maxBytes, laterAbove);
}

async function register(
  deps: RecordingDeps,
  claimed: ClaimedRecording,
  stored: StoredAudio,
  known: CallFile | undefined,
): Promise<RecordingOutcome> {
  const now = deps.now();
  const recording = completedRecording(claimed, stored, now);
  let lost: unknown;
  try {
    const won = await end(deps, claimed, known, async (file) => {
      const { record, when } = await deps.dependents.completed(recording, file);
      return { write: completeRecording(claimed, stored, now, when), record };
    });
    if (won) return { kind: "completed", recording };
  } catch (error) {
    lost = error;
  }
  // What was lost may be the answer and not the batch: only the row knows, and while it cannot be read the object
  // stays.
  if (await isRegistered(deps, stored.key, claimed)) return { kind: "completed", recording };
  await deps.bucket.delete(stored.key);
  if (lost !== undefined) throw lost;
  return { kind: "lost" };
}

/**
 * Writes a claim's end; false when the claim is no more. While it is, what kept the end from being written was a
 * change.
 */
async function end(
  deps: RecordingDeps,
  claimed: ClaimedRecording,
  known: CallFile | undefined,
  make: (file: CallFile | undefined) => Promise<{ write: RowWrite; record: CallRecord | undefined }>,
): Promise<boolean> {
  const { organizationId, callId, id: recordingId } = claimed;
  const call = { id: callId, organizationId };
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) {
    const next = await make(round === 0 ? known : undefined);
    if (await deps.writeEnd({ id: recordingId, call, ...next })) return true;
    const row = await findRecording(deps.db, { organizationId, reach: FULL_REACH, callId, recordingId });
    const isOurs = row?.state === "pending" && row.claims === claimed.claims && row.leaseUntil === claimed.leaseUntil;
    if (!isOurs) return false;
  }
  throw new Error(`the call of ${recordingId} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

async function isRegistered(
  deps: RecordingDeps,
  key: string,
  { organizationId, callId, id }: ClaimedRecording,
): Promise<boolean> {
  const row = await findRecording(deps.db, { organizationId, reach: FULL_REACH, callId, recordingId: id });
  return row?.key === key;
}

async function retryOrFail(
  deps: RecordingDeps,
  claimed: ClaimedRecording,
  failure: AudioFailure,
  known: CallFile | undefined,
): Promise<RecordingOutcome> {
  const now = deps.now();
  const dueAt = failure.kind === "not_ready" ? nextTry(claimed, failure.retryAfter, now, deps.random) : null;
  if (dueAt === null) return giveUp(deps, claimed, failure.reason, known);
  await putOff(deps, claimed, dueAt, failure.reason);
  const { organizationId, callId, id } = claimed;
  // Rounded up: a message that comes early finds nothing due.
  await deps.nudges.recordings([{ organizationId, callId, recordingId: id }], Math.ceil((dueAt - now) / 1000));
  return { kind: "postponed", dueAt, reason: failure.reason };
}

async function giveUp(
  deps: RecordingDeps,
  claimed: ClaimedRecording,
  reason: string,
  known?: CallFile,
): Promise<RecordingOutcome> {
  const now = deps.now();
  const recording = failedRecording(claimed, reason, now);
  const failed = await end(deps, claimed, known, async (file) => {
    const { record, when } = await deps.dependents.failed(recording, file);
    return { write: failRecording(claimed, reason, now, when), record };
  });
  return failed ? { kind: "failed", recording } : { kind: "lost" };
}
