import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endWork } from "../db/work";
import type { ClaimedRecording, RecordingRow } from "./recording";
import type { StoredAudio } from "./store";
import { recordingWork } from "./work";

/** A recording whose audio is kept. */
export type CompletedRecording = RecordingRow & { state: "completed"; key: string; completedAt: number };

/** The row as `completeRecording` leaves it when it wins: what snapshots in the same batch are made from. */
export function completedRecording(claimed: ClaimedRecording, stored: StoredAudio, now: number): CompletedRecording {
  return { ...claimed, ...stored, state: "completed", reason: null, completedAt: now };
}

/**
 * A statement that registers stored audio: a compare-and-set on the claim, so of two attempts one wins, and none does
 * when the call was erased meanwhile or `when` does not hold. Dependents of the same batch are guarded by `recordingWon`.
 */
export function completeRecording(
  db: Database,
  claimed: ClaimedRecording,
  stored: StoredAudio,
  now: number,
  when?: SQL,
): Statement {
  const { state, reason, key, size, sha256, mediaType, completedAt } = completedRecording(claimed, stored, now);
  return endWork(db, recordingWork, claimed, { state, reason, key, size, sha256, mediaType, completedAt }, when);
}

/** SQL that holds when the recording was completed with this very object. */
export function recordingWon(recordingId: string, callId: string, key: string): SQL {
  return sql`EXISTS (
    SELECT 1 FROM recordings AS won
    WHERE won.call_id = ${callId} AND won.id = ${recordingId} AND won.state = 'completed' AND won.key = ${key})`;
}
