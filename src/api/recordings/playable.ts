import type { Context } from "hono";
import type { RecordingSnapshot } from "../../events";
import { isLimited, may, recordPlayback } from "../../identity";
import { toIso } from "../../lib/time";
import {
  LIMITED_LINK_LIFETIME,
  OPEN,
  PLAYBACK_LINK_LIFETIME,
  playbackKey,
  readGatesOf,
  signPlaybackLink,
  snapshotRecording,
  type AudioGate,
  type RecordingRow,
} from "../../recordings";
import { failureOfRecording, MANNER_OF_API, sentenceOf } from "../../ui/failures";
import { actOf } from "../authenticate";
import type { ApiDeps, ApiEnv } from "../router";

/**
 * Recordings as the API shows them: with a new link to the audio, where there is audio and the caller may listen to it.
 * The audit log has an entry of each link before it is given.
 */
export async function playableRecordings(
  c: Context<ApiEnv>,
  recordings: readonly RecordingRow[],
): Promise<RecordingSnapshot[]> {
  const { deps, caller } = c.var;
  const mayListen = may(caller, "recordings:play");
  const linked = new Set(recordings.filter(({ state }) => mayListen && state === "completed"));
  const recordingIds = [...linked].map(({ id }) => id);
  const { organizationId } = caller;
  // Of a recording without audio nothing is said that a gate could change.
  const kept = recordings.filter(({ state }) => state === "completed");
  const gates = await readGatesOf(deps.db, organizationId, kept);
  const gateOf = ({ id }: RecordingRow) => gates.get(id) ?? OPEN;
  await recordPlayback(deps.db, { organizationId, recordingIds, action: "recording.link_issued" }, actOf(c));
  const expiresAt = deps.now() + (isLimited(caller.reach) ? LIMITED_LINK_LIFETIME : PLAYBACK_LINK_LIFETIME);
  return Promise.all(
    recordings.map(async (recording) =>
      linked.has(recording)
        ? withLink(deps, recording, gateOf(recording), expiresAt)
        : withoutLink(recording, gateOf(recording)),
    ),
  );
}

function withoutLink(recording: RecordingRow, gate: AudioGate): RecordingSnapshot {
  return { ...shown(recording, gate), audio_url: null, audio_url_expires_at: null };
}

async function withLink(
  { config }: ApiDeps,
  recording: RecordingRow,
  gate: AudioGate,
  expiresAt: number,
): Promise<RecordingSnapshot> {
  const url = await signPlaybackLink({
    publicUrl: config.publicUrl,
    organizationId: recording.organizationId,
    recordingId: recording.id,
    expiresAt,
    signingKey: await playbackKey(config.masterKeys),
  });
  return { ...shown(recording, gate), audio_url: url, audio_url_expires_at: toIso(expiresAt) };
}

/** With what went wrong, in the sentence that the page of the call and letters have too. */
function shown(recording: RecordingRow, gate: AudioGate): RecordingSnapshot {
  const message = recording.state === "failed" ? sentenceOf(failureOfRecording(recording), MANNER_OF_API).text : null;
  return { ...snapshotRecording(recording, gate), message };
}
