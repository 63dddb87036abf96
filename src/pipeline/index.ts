/** What a notice, a kept recording, a finished analysis leads to: the merge, the placement, the consequences, the ends. */
export { endAnalysis, workOnAnalysis, type AnalysisDeps } from "./analysis";
export { countOf } from "./count-of";
export { finalizeCalls } from "./finalize-calls";
export { workOnOperatorMove } from "./move-operator-calls";
export { nudgeCalls } from "./nudge";
export { placeCalls } from "./place-calls";
export { giveUpOnRecording, workOnRecording, type RecordingDeps } from "./recording";
export { recordingAccess } from "./recording-access";
export { recordingDependents } from "./recording-consequences";
export { workOnIngest, type TakeNoticesDeps } from "./take-notices";
