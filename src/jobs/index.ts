/** Queue consumers and crons: they compose the core's verbs and hand them what they need. */
export { consume } from "./consume";
export { runCron } from "./cron";
export { jobDeps } from "./deps";
export { SourceLane } from "./source-lane";
