import type { Database } from "../db/client";
import { snapshotCall } from "../calls";
import {
  recordingFailed,
  recordingWon,
  snapshotRecording,
  type CompletedRecording,
  type FailedRecording,
} from "../recordings";
import { consequencesOfKept, readCallFile, tellOf, type CallFile } from "./follow-up";
import type { RecordingDeps } from "./recordings";

/** What follows when a recording's work ends: its event, the task and analysis it makes possible, the call's rest. */
export function recordingDependents(db: Database, now: () => number): RecordingDeps["dependents"] {
  return {
    completed: async (recording: CompletedRecording) => {
      const file = await fileWith(db, recording);
      if (!file) return [];
      const guard = recordingWon(recording.id, recording.callId, recording.key);
      const { facts, rows } = consequencesOfKept(db, file, recording, guard, now());
      const kept = { type: "recording.completed", data: dataOf(file, recording) } as const;
      return tellOf(db, file, { facts: [kept, ...facts], rows }, guard, now());
    },
    failed: async (recording: FailedRecording) => {
      const file = await fileWith(db, recording);
      if (!file) return [];
      const lost = { type: "recording.failed", data: dataOf(file, recording) } as const;
      return tellOf(db, file, { facts: [lost], rows: [] }, recordingFailed(recording), now());
    },
  };
}

async function fileWith(db: Database, recording: CompletedRecording | FailedRecording): Promise<CallFile | undefined> {
  const file = await readCallFile(db, recording.callId);
  return file && { ...file, recordings: file.recordings.map((row) => (row.id === recording.id ? recording : row)) };
}

function dataOf(file: CallFile, recording: CompletedRecording | FailedRecording) {
  return { recording: snapshotRecording(recording), call: snapshotCall(file.call) };
}
