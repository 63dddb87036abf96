/** Telling subscribers: endpoints, who hears what, and the object that sends it in order until it is taken. */
export * from "./contract";
export * from "./endpoints";
export * from "./disable";
export * from "./erase";
export { consign, enqueuedEventOf, fanOut, hears, wants, type Consignment, type UndeliveredRow } from "./fan-out";
export * from "./hold";
export { endpointObjects, type EndpointAddress, type EndpointObjects, type ReplayMarks } from "./objects";
export { isSigningKey, policyFromRetryPolicy, profiles, RETRY_POLICY_LIMITS } from "./profiles";
export { readHealth, type EndpointHealth } from "./read-health";
export * from "./replay";
export { MAX_SHARDS, objectName, objectsOf, objectsSharing, openEpoch, planShards, shardOf } from "./shards";
export { readEventData, spillLarge } from "./spill";
export { forgetOldHealth, KEEP_HOURS } from "./stats";
export { sweepSpills } from "./sweep-spills";
export { maskHeaders } from "./templates";
