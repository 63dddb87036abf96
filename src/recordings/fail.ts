import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endedBy, endWork } from "../db/work";
import type { ClaimedRecording, RecordingRow } from "./recording";
import { recordingWork } from "./work";

/** A recording that was given up, with the reason for people. */
export type FailedRecording = RecordingRow & { state: "failed"; reason: string };

/** The row as `failRecording` leaves it when it wins. */
export function failedRecording(claimed: ClaimedRecording, reason: string, now: number): FailedRecording {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/** A statement that gives a claimed recording up, where `when` holds. */
export function failRecording(
  db: Database,
  claimed: ClaimedRecording,
  reason: string,
  now: number,
  when?: SQL,
): Statement {
  return endWork(db, recordingWork, claimed, { state: "failed", reason, completedAt: now }, when);
}

/** SQL that holds when this claim is what failed the recording. */
export function recordingFailed(claimed: RecordingRow): SQL {
  return endedBy(recordingWork, claimed, sql`state = 'failed'`);
}
