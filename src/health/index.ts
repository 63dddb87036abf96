/** What state an organization's integrations and the deployment are in, and what to do about it. */
export * from "./alarms";
export * from "./api-requests";
export { CAUSES, causeOfSource } from "./causes";
export * from "./dead-letters";
export * from "./figures";
export * from "./integrations";
export * from "./sweep-runs";
