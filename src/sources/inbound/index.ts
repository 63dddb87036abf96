/** The log of what came in: written once, read, and worked on again. */
export * from "./body";
export * from "./list";
export * from "./log";
export * from "./read";
export * from "./redact-headers";
export * from "./release";
export * from "./replay";
export type { InboundView } from "./view";
