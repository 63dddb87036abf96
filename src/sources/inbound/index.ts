/** The log of what came in: written once, read, searched, and replayed. */
export * from "./body";
export { forgetLate, type LateRequest } from "./forget-late";
export { keepInbound, type NewInbound } from "./keep";
export * from "./log";
export * from "./original-body";
export * from "./redact-headers";
export * from "./replay";
export * from "./replay-many";
export * from "./request";
export { asSample, sampleHeaders, SAMPLE_TAG, type SampleRecording } from "./sample";
export * from "./search";
