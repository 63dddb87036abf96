/** Analyses of recordings: the engines behind one contract, and an analysis as work and as a record. */
export {
  acousticFindings,
  analysisWarnings,
  findingsSchema,
  recordingFormat,
  type AcousticFindings,
  type AnalysisEngine,
  type AnalysisFailure,
  type AnalysisInput,
  type AnalysisWarning,
  type ChannelFindings,
  type EngineDeps,
  type Findings,
  type RecordingFormat,
} from "./contract";
export { askedOnce, countAnswers, type Occasion } from "./scores/llm/asked-once";
export { metered } from "./scores/llm/metered";
export { askWithRepair, jsonIn } from "./scores/llm/ask-with-repair";
export type { ChatModel } from "./scores/llm/score-call";
export type { ChatMessage } from "./scores/llm/prompt";
export * from "./questions";
export { WAITS } from "./engine-work";
export { knownOfWholeCall } from "./rules/known";
export { judge } from "./rules/judge";
export type { KnownOfCall } from "./rules/judge";
export * from "./engine-run";
export * from "./earlier-measures";
export * from "./engine-config";
export * from "./load-engine";
export { tryEngine, type TriedEngine } from "./try-engine";
export { indicatorsOf } from "./scores/indicators";
export * from "./scores/platform-findings";
export { MOST_ANSWER, SIGNATURE } from "./scores/http/contract";
export { takeAnswer, type RefusedAnswer } from "./scores/http/take-answer";
export {
  FIFTEEN,
  LONGEST_MEANING,
  LONGEST_SCORE_NAME,
  MOST_SCALE,
  MOST_SCORES,
  wrongScores,
  type Criterion,
} from "./scores/rubric";
export { tryScores, type FailedTry, type TriedScores } from "./scores/try-scores";
export { readScoreSets } from "./scores/kept-scores";
export * from "./scores/score-set";
export { aboutCalls, type AboutCalls } from "./scores/about-calls";
export * from "./redaction";
export * from "./redaction/runs-of-redaction";
export { runRedaction } from "./redaction/run-redaction";
export { maskedRuns, ORIGINALS_PREFIX, readOriginal, sweepOriginals } from "./transcription/kept-originals";
export * from "./rules";
export * from "./spend";
export { settleUnfinished } from "./used-of";
export {
  keepTranscript,
  findTranscript,
  readTranscript,
  sweepTranscripts,
  transcribedRuns,
  type TranscribedRun,
  TRANSCRIPTS_PREFIX,
} from "./transcription/kept";
export * from "./transcription/of-call";
export { speakerOf, textOf, type Segment, type Speaker, type Transcript } from "./transcription/transcript";
export { engineRunner } from "./engine-runner";
export type { EngineWork, RunEngine, RunOutcome, ScorePolicy } from "./engine-work";
export type { WorkersAi } from "./transcription/workers-ai";
export * from "./work";
export { bucketFile, type RecordingFile } from "./recording-file";
export { embeddedEngine } from "./embedded";
export { DEFAULT_ENGINE, ENGINES, engineOf } from "./engines";
export * from "./analyses";
export * from "./talk-strip";
export * from "./kept-findings";
export * from "./measures-of";
export * from "./recent-measures";
export { searchedBy, type NamedNumber, type SearchedBy, type SpokenWords } from "./searched-by";
export * from "./waveform";
export { withoutFindings, withoutWords, type Remainder } from "./without-words";
