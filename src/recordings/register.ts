import { sql, type SQL } from "drizzle-orm";
import type { RowWrite } from "../db/rows";
import { endWork } from "../db/work";
import type { ClaimedRecording, RecordingRow } from "./recording";
import type { StoredAudio } from "./store";
import { recordingWork } from "./work";

/** A recording whose audio is stored. */
export type CompletedRecording = RecordingRow & { state: "completed"; key: string; completedAt: number };

/** The row after `completeRecording` succeeded. Snapshots in the same batch are built from it. */
export function completedRecording(claimed: ClaimedRecording, stored: StoredAudio, now: number): CompletedRecording {
  return { ...claimed, ...stored, state: "completed", reason: null, completedAt: now };
}

/**
 * The write that registers stored audio. It compares the claim, so of two attempts one succeeds, and none if the call
 * was erased in the meantime or `when` is false. Dependents in the same batch are guarded by `recordingWon`.
 */
export function completeRecording(claimed: ClaimedRecording, stored: StoredAudio, now: number, when?: SQL): RowWrite {
  const { state, reason, key, size, sha256, mediaType, completedAt } = completedRecording(claimed, stored, now);
  return endWork(recordingWork, claimed, { state, reason, key, size, sha256, mediaType, completedAt }, when);
}

/** SQL that is true when the recording was completed with this object. */
export function recordingWon(recordingId: string, callId: string, key: string): SQL {
  return sql`EXISTS (
    SELECT 1 FROM recordings AS won
    WHERE won.call_id = ${callId} AND won.id = ${recordingId} AND won.state = 'completed' AND won.key = ${key})`;
}
