import type { Database } from "../db/client";
import { snapshotCall } from "../calls";
import {
  recordingFailed,
  recordingWon,
  snapshotRecording,
  type CompletedRecording,
  type FailedRecording,
} from "../recordings";
import { consequencesOfKept, readCallFile, consequenceStatements, unchanged, type CallFile } from "./consequences";
import type { RecordingDeps } from "./recording";

/** What follows when a recording's work ends: its event, the task and analysis it makes possible, the call's rest. */
export function recordingDependents(
  deps: { db: Database; bucket: R2Bucket },
  now: () => number,
): RecordingDeps["dependents"] {
  const { db } = deps;
  return {
    completed: async (recording: CompletedRecording) => {
      const read = await readCallFile(db, recording.callId);
      if (!read) return { statements: [] };
      const file = withRow(read, recording);
      const guard = recordingWon(recording.id, recording.callId, recording.key);
      const { facts, rows } = consequencesOfKept(file, recording, guard, now());
      const kept = { type: "recording.completed", data: dataOf(file, recording) } as const;
      const statements = await consequenceStatements(deps, file, { facts: [kept, ...facts], rows }, guard, now());
      return { statements, when: unchanged(read) };
    },
    failed: async (recording: FailedRecording) => {
      const read = await readCallFile(db, recording.callId);
      if (!read) return { statements: [] };
      const file = withRow(read, recording);
      const lost = { type: "recording.failed", data: dataOf(file, recording) } as const;
      const statements = await consequenceStatements(
        deps,
        file,
        { facts: [lost], rows: [] },
        recordingFailed(recording),
        now(),
      );
      return { statements, when: unchanged(read) };
    },
  };
}

function withRow(file: CallFile, recording: CompletedRecording | FailedRecording): CallFile {
  return { ...file, recordings: file.recordings.map((row) => (row.id === recording.id ? recording : row)) };
}

function dataOf(file: CallFile, recording: CompletedRecording | FailedRecording) {
  return { recording: snapshotRecording(recording), call: snapshotCall(file.call) };
}
