/**
 * The consequences of a notice, a stored recording, a finished analysis: the merge, the placement, the consequences,
 * the ends.
 */
export { actOnCalls, actOnCall, ACTION_WAITS, giveUpActions, type ActDeps } from "./act-on-calls";
export { backfillWaveforms, readWaveformBackfill, type WaveformBackfill } from "./backfill-waveforms";
export type { AnalysisDeps } from "./analysis";
export { tryScoresOnCall } from "./try-scores";
export { askEngine, knowsEngine, type AskDeps, type AskedEngine } from "./ask-engine";
export { endAnalysis } from "./end-analysis";
export { countOf } from "./count-of";
export { endDeadIngest, failDeadAnalysis, putOffDeadRecording } from "./dead-letters";
export { finalizeCalls } from "./finalize-calls";
export { endsAlone } from "./ends";
export type { DrainInPlace, FollowDeps } from "./follow";
export { workOnIngestQueue } from "./ingest-queue";
export { newKnownServers, type KnownServers } from "./known-servers";
export { takeAnalysisMessages, takeRecordingMessages, type Taken } from "./messages";
export { workOnOperatorMove } from "./move-operator-calls";
export {
  freeAfterRestart,
  giveUpAnalyses,
  giveUpRecordings,
  nudgeDueActions,
  nudgeDueAnalyses,
  nudgeDueRecordings,
  nudgeOpenMoves,
} from "./pick-up";
export { placeCalls } from "./place-calls";
export { giveUpOnRecording, workOnRecording, type RecordingDeps } from "./recording";
export {
  readProcessing,
  tryProcessing,
  writeProcessing,
  type CampaignProcessing,
  type ProcessingWarning,
  type TriedProcessing,
} from "./processing";
export { processOverdueCalls } from "./process-overdue";
export { recordingAccess } from "./recording-access";
export { recordingDependents } from "./recording-consequences";
export { startAnalysis } from "./start-analysis";
export { workOnIngest, type TakeNoticesDeps } from "./take-notices";
export { tryActions, type TriedAction, type TryActionsDeps } from "./try-actions";
export { workOnSlowLane, type SlowLanes } from "./slow-lane";
