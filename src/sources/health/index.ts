/**
 * Exact counts of requests by outcome, where the log is only a sample, and the health of a source derived from them.
 */
export * from "./counts";
export * from "./failing";
export {
  sourceNeedsSomeone,
  standingOf,
  type HealthStatus,
  type SourceStanding,
  type SourceTrouble,
  type Verdict,
} from "./judge";
export * from "./read";
