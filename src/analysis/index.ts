/** What an engine finds in a recording: the engines behind one contract, and an analysis as work and as a record. */
export {
  analysisWarnings,
  findingsSchema,
  recordingFormat,
  type AnalysisEngine,
  type AnalysisFailure,
  type AnalysisInput,
  type AnalysisWarning,
  type ChannelFindings,
  type Findings,
  type RecordingFormat,
} from "./contract";
export * from "./create";
export { embeddedEngine } from "./embedded";
export * from "./finish";
export * from "./list";
export * from "./read";
export * from "./snapshot";
export * from "./work";
