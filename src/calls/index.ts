/** The call: what platforms say of it, how that folds into one record, and what is told about it. */
export * from "./choose-campaign";
export { snapshotConversation, type Conversation } from "./conversation";
export type { CallFacts, RecordingFacts, TimelineEntry } from "./facts";
export { foldNotices, RANKS, stateOfOutcome, type FoldedCall, type Notice } from "./fold";
export * from "./find-to-place";
export * from "./ids";
export * from "./list";
export * from "./list-events";
export { amongLookedAt, edgeOfLook, foundByIndex, lookedPage, MAX_LOOKED_AT, type Looked } from "./look";
export * from "./merge";
export * from "./processed";
export * from "./quarantine";
export * from "./read";
export * from "./snapshot";
