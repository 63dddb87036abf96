import type { RecordingSnapshot } from "../events";
import { toIso } from "../lib/time";
import type { RecordingRow } from "./recording";

/** A recording as events and the API show it. Links to the audio are not part of it: they are made with the answer. */
export function snapshotRecording(recording: RecordingRow): RecordingSnapshot {
  return {
    id: recording.id,
    call_id: recording.callId,
    external_id: recording.externalId,
    state: recording.state,
    reason: recording.reason,
    media_type: recording.mediaType,
    size_bytes: recording.size,
    sha256: recording.sha256,
    completed_at: toIso(recording.completedAt),
  };
}
