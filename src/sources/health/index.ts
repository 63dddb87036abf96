/** How many requests came and what became of them, exactly where the log is sampled, and what that says of a source. */
export { adviceOn } from "./advice";
export * from "./count";
export * from "./forget";
export type { HealthStatus, Verdict } from "./judge";
export * from "./list-refusals";
export * from "./read";
export type { HealthReport, OutcomeCounts } from "./report";
