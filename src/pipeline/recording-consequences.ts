import { snapshotCall } from "../calls";
import { recordingFailed, recordingWon, type CompletedRecording, type FailedRecording } from "../recordings";
import { consequencesOfKept, readCallFile, recordingView, recordOf, unchanged, type CallFile } from "./consequences";
import { judgeUnheard, type JudgeDeps } from "./judge-unheard";
import type { RecordingDeps } from "./recording";

/** What follows when a recording's work ends: its event, the task and analysis it makes possible, the call's rest. */
export function recordingDependents(deps: JudgeDeps, now: () => number): RecordingDeps["dependents"] {
  const { db, bucket } = deps;
  return {
    completed: async (recording: CompletedRecording, known) => {
      const read = known ?? (await readCallFile(db, recording.callId));
      if (!read) return {};
      const file = withRow(read, recording);
      const guard = recordingWon(recording.id, recording.callId, recording.key);
      const { facts, ...led } = consequencesOfKept(file, recording, guard, now());
      const kept = { type: "recording.completed", data: dataOf(file, recording) } as const;
      const record = await recordOf(bucket, file, { facts: [kept, ...facts], ...led }, guard, now());
      return { record, when: unchanged(read) };
    },
    failed: async (recording: FailedRecording, known) => {
      const read = known ?? (await readCallFile(db, recording.callId));
      if (!read) return {};
      const file = withRow(read, recording);
      const lost = { type: "recording.failed", data: dataOf(file, recording) } as const;
      const guard = recordingFailed(recording);
      const judged = await judgeUnheard(deps, file, guard, now());
      const led = { facts: [lost, ...judged.facts], rows: judged.rows };
      const record = await recordOf(bucket, { ...file, analyses: judged.analyses }, led, guard, now());
      return { record, when: unchanged(read) };
    },
  };
}

function withRow(file: CallFile, recording: CompletedRecording | FailedRecording): CallFile {
  return { ...file, recordings: file.recordings.map((row) => (row.id === recording.id ? recording : row)) };
}

function dataOf(file: CallFile, recording: CompletedRecording | FailedRecording) {
  return { recording: recordingView(file, recording), call: snapshotCall(file.call) };
}
