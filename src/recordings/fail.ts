import { and, sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { recordings } from "../db/schema";
import { stillClaimed, type ClaimedRecording, type RecordingRow } from "./recording";

/** A recording that was given up, with the reason for people. */
export type FailedRecording = RecordingRow & { state: "failed"; reason: string };

/** The row as `failRecording` leaves it when it wins. */
export function failedRecording(claimed: ClaimedRecording, reason: string, now: number): FailedRecording {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/**
 * A statement that gives a claimed recording up, where `when` holds. It leaves the claim's attempt and lease in the row: they are the mark by
 * which dependents of the same batch (`recordingFailed`) know that it was this claim that failed it.
 */
export function failRecording(
  db: Database,
  claimed: ClaimedRecording,
  reason: string,
  now: number,
  when?: SQL,
): Statement {
  return db
    .update(recordings)
    .set({ state: "failed", reason, completedAt: now })
    .where(and(stillClaimed(claimed), when));
}

/** SQL that holds when this claim is what failed the recording. */
export function recordingFailed(claimed: Pick<RecordingRow, "id" | "callId" | "attempts" | "leaseUntil">): SQL {
  return sql`EXISTS (
    SELECT 1 FROM recordings AS lost
    WHERE lost.call_id = ${claimed.callId} AND lost.id = ${claimed.id} AND lost.state = 'failed'
    AND lost.attempts = ${claimed.attempts} AND lost.lease_until = ${claimed.leaseUntil})`;
}
