import { sql, type SQL } from "drizzle-orm";
import type { RowWrite } from "../db/rows";
import { endedBy, endWork } from "../db/work";
import type { ClaimedRecording, RecordingRow } from "./recording";
import { recordingWork } from "./work";

/** A recording that was given up, with the reason for people. */
export type FailedRecording = RecordingRow & { state: "failed"; reason: string };

/** The row after `failRecording` succeeded. */
export function failedRecording(claimed: ClaimedRecording, reason: string, now: number): FailedRecording {
  return { ...claimed, state: "failed", reason, completedAt: now };
}

/** The write that gives a claimed recording up, where `when` is true. */
export function failRecording(claimed: ClaimedRecording, reason: string, now: number, when?: SQL): RowWrite {
  return endWork(recordingWork, claimed, { state: "failed", reason, completedAt: now }, when);
}

/** SQL that is true when this claim gave the recording up. */
export function recordingFailed(claimed: RecordingRow): SQL {
  return endedBy(recordingWork, claimed, sql`state = 'failed'`);
}
