/** The log of what came in: written once, read, searched, and replayed. */
export * from "./body";
export * from "./forget";
export * from "./id";
export { keepInbound, type NewInbound } from "./keep";
export * from "./log";
export * from "./read";
export * from "./redact-headers";
export * from "./release";
export * from "./replay";
export * from "./replay-many";
export { isUnprovenStatus, type Obstacle } from "./replay-message";
export * from "./search";
export * from "./sweep-bodies";
export type { InboundView } from "./view";
