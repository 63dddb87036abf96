import type { RecordingSnapshot } from "../../events";
import { may } from "../../identity";
import { DAY, toIso } from "../../lib/time";
import { playbackKey, signPlaybackLink, snapshotRecording, type RecordingRow } from "../../recordings";
import type { ApiEnv } from "../router";

const LINK_LIFETIME = DAY;

/**
 * A recording as the API shows it: with a new link to the audio, where there is audio and the caller may listen to it.
 */
export async function playableRecording(
  { deps: { config, now }, caller }: ApiEnv["Variables"],
  recording: RecordingRow,
): Promise<RecordingSnapshot> {
  if (recording.state !== "completed" || !may(caller, "recordings:play"))
    return { ...snapshotRecording(recording), audio_url: null, audio_url_expires_at: null };
  const expiresAt = now() + LINK_LIFETIME;
  const url = await signPlaybackLink({
    publicUrl: config.publicUrl,
    organizationId: recording.organizationId,
    recordingId: recording.id,
    expiresAt,
    signingKey: await playbackKey(config.masterKeys),
  });
  return { ...snapshotRecording(recording), audio_url: url, audio_url_expires_at: toIso(expiresAt) };
}
