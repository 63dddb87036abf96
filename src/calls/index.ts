/** The call: facts of its notices, their folding into one record, and the events about it. */
export * from "./change-tags";
export * from "./choose-campaign";
export * from "./count";
export { snapshotConversation, type Conversation } from "./conversation";
export type {
  CallFacts,
  PlatformFindings,
  PlatformReview,
  PlatformRisk,
  PlatformScores,
  RecordingFacts,
  TimelineEntry,
} from "./facts";
export { foldNotices, RANKS, stateOfOutcome, type FoldedCall, type Notice } from "./fold";
export * from "./erased";
export { isHeld } from "./held";
export * from "./unmasked";
export * from "./find-to-place";
export * from "./ids";
export * from "./list";
export * from "./list-events";
export * from "./list-tags";
export { byBeginning, rangeOf, readPage, MAX_SCANNED_CALLS, type ScannedPage } from "./scan";
export * from "./merge";
export * from "./processed";
export * from "./quarantine";
export * from "./read";
export * from "./snapshot";
export { changedTags, MAX_TAG_LENGTH, MAX_TAGS, normalizeTag, type TagChange } from "./tags";
export { setTalkStrip } from "./talk-strip";
export { setRisk } from "./risk";
export * from "./within-reach";
