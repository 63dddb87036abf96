/** The call: facts of its notices, their folding into one record, and the events about it. */
export * from "./choose-campaign";
export * from "./count";
export { snapshotConversation, type Conversation } from "./conversation";
export type { CallFacts, RecordingFacts, TimelineEntry } from "./facts";
export { foldNotices, RANKS, stateOfOutcome, type FoldedCall, type Notice } from "./fold";
export * from "./find-to-place";
export * from "./ids";
export * from "./list";
export * from "./list-events";
export { rangeOf, readPage, MAX_SCANNED_CALLS, type ScannedPage } from "./scan";
export * from "./merge";
export * from "./processed";
export * from "./quarantine";
export * from "./read";
export * from "./snapshot";
export { setTalkStrip } from "./talk-strip";
export * from "./within-reach";
