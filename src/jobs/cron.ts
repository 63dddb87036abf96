import { freeJobs } from "../bulk";
import { readConfig } from "../config";
import { freeAfterRestart } from "../pipeline";
import { freeErasures } from "../privacy";
import { resendInbox } from "../queues/table-inbox";
import { jobDeps } from "./deps";
import { sweep } from "./sweep";

/**
 * Runs every minute. Where a table backs the inbox (one local process), it also resends the messages of a killed
 * process and, called as `start`, frees the work that process had claimed.
 */
export async function runCron(cron: string, env: Env): Promise<void> {
  const deps = jobDeps(env);
  if (readConfig(env).inbox === "table") {
    if (cron === "start") {
      await freeAfterRestart(deps.db);
      await freeJobs(deps.db);
      await freeErasures(deps.db);
    }
    await resendInbox(deps.db, env.INGEST_QUEUE, deps.now());
  }
  await sweep(deps.sweep);
}
