/** Delivery to subscribers: endpoints, fan-out, and the object that sends each endpoint's events in order. */
export * from "./contract";
export * from "./decisions";
export * from "./endpoints";
export * from "./health/disable";
export * from "./erase";
export { KEEP_ROWS } from "./object/storage/retention";
export {
  batchByObject,
  enqueuedEventOf,
  fanOut,
  receives,
  asksFor,
  type ObjectBatch,
  type UndeliveredRow,
} from "./fan-out";
export * from "./undelivered";
export { endpointObjects, type EndpointAddress, type EndpointObjects, type ReplayMarks } from "./object/client";
export { LONGEST_WAIT, withPatience } from "./patience";
export {
  isSigningKey,
  policyFromRetryPolicy,
  profiles,
  RETRY_POLICY_LIMITS,
  type ProfileRequest,
  type SignatureScheme,
  voicesenseMessage,
  type VoicesenseMessage,
} from "./profiles";
export * from "./preview";
export { receiverCode, RECEIVER_LANGUAGES, type ReceiverLanguage } from "./receivers";
export * from "./signing";
export * from "./test-receivers";
export { codeOfAttempt, FAILURE_CODES, type FailureCode } from "./health/failure-code";
export {
  hostOfEndpoint,
  nameOfEndpoint,
  troubleOf,
  type EndpointTrouble,
  type EndpointTroubleCode,
} from "./health/trouble";
export { readUndelivered, type UndeliveredCount } from "./health/undelivered";
export { countFailing, readHealth, type EndpointHealth } from "./health/read";
export * from "./replay";
export { MAX_SHARDS, objectName, objectsOf, objectsSharing, openEpoch, planShards, shardOf } from "./shards";
export { forgetOldHealth, KEEP_HOURS } from "./health/write";
export { HIDDEN, maskHeaders } from "./templates";
export * from "./test-endpoint";
export * from "./stream";
export { drainStreams, type DrainDeps } from "./drain";
export { drainInPlace, type DrainInPlaceDeps } from "./drain-in-place";
export { retryUndelivered } from "./retry-undelivered";
