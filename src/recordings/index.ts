/**
 * Recordings: the audio of calls. A row says which audio is expected. `fetchAudio` downloads it through the network
 * guard, `storeAudio` streams it to R2, `completeRecording` or `failRecording` closes the work, and signed links play
 * it.
 */
export * from "./failed";
export { type AudioBody, type BodyLimits, type BodyStep, peek, readBody, readBytes } from "./audio-body";
export * from "./expect";
export { failedRecording, failRecording, recordingFailed, type FailedRecording } from "./fail";
export { keptWaiting, needsPatience, refused, type AudioFailure } from "./failure";
export { FIRST_TRY } from "./first-try";
export {
  FETCH_TIMEOUTS,
  fetchAudio,
  type AudioAccess,
  type FetchAudioRequest,
  type FetchTimeouts,
} from "./fetch-audio";
export * from "./recording";
export { NO_BYTES, openAudio, type OpenedAudio } from "./open-audio";
export { openerOf, type AudioOpener, type AudioOpeners, type LinkedRecording, type Patience } from "./openers";
export { registeredAmong, sweepOrphans } from "./orphans";
export {
  LIMITED_LINK_LIFETIME,
  PLAYBACK_LINK_LIFETIME,
  playbackKey,
  playbackKeys,
  signPlaybackLink,
  verifyPlaybackLink,
  type PlaybackGrant,
  type PlaybackRequest,
} from "./playback-link";
export { findRecording, type ClaimedRecording, type RecordingName, type RecordingRow } from "./recording";
export { completedRecording, completeRecording, recordingWon, type CompletedRecording } from "./register";
export { nextTry } from "./schedule";
export * from "./gate";
export * from "./original-link";
export { heldBack, serveAudio, serveFile, serveOriginal, type AudioAnswer, type AudioRequest } from "./serve";
export { cutSink, PART_BYTES, partsSink, type Sink } from "./sink";
export { SNIFF_BYTES } from "../lib/audio/sniff";
export { snapshotRecording } from "./recording";
export { webAudio, type WebAudioDeps } from "./web-audio";
export { attemptKey, MAX_RECORDING_BYTES, RECORDINGS_PREFIX, storeAudio, TURN_BYTES, type StoredAudio } from "./store";
export * from "./lane";
export { claimRecording, claimRecordings, hasAddress, hostOf, isSlow, RECORDING_LEASE, recordingWork } from "./work";
