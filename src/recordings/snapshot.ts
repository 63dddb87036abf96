import type { RecordingSnapshot } from "../events";
import { toIso } from "../lib/time";
import type { RecordingRow } from "./recording";

/**
 * The public shape of a recording, for events and the API. Links to the audio are added per answer and are not part of
 * it.
 */
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
