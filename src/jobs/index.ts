/** Queue consumers and crons: they call the core's verbs with their deps. */
export { consume } from "./consume";
export { runCron } from "./cron";
export { jobDeps } from "./deps";
export { SourceLane } from "./source-lane";
