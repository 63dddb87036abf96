import { eq } from "drizzle-orm";
import { readConfig } from "../config";
import { analyses, operatorMoves, recordings } from "../db/schema";
import { resendInbox } from "../queues/table-inbox";
import { jobDeps } from "./deps";
import { sweep } from "./sweep";

/**
 * Runs every minute. Where a table backs the inbox (one local process), it also sends again what a killed process held,
 * and, called as `start`, frees the work that process had in its hands.
 */
export async function runCron(cron: string, env: Env): Promise<void> {
  const deps = jobDeps(env);
  if (readConfig(env).inbox === "table") {
    if (cron === "start") {
      await deps.db.batch([
        deps.db.update(recordings).set({ leaseUntil: 0 }).where(eq(recordings.state, "pending")),
        deps.db.update(analyses).set({ leaseUntil: 0 }).where(eq(analyses.state, "pending")),
        deps.db.update(operatorMoves).set({ leaseUntil: 0 }).where(eq(operatorMoves.state, "open")),
      ]);
    }
    await resendInbox(deps.db, env.INGEST_QUEUE, deps.now());
  }
  await sweep(deps.sweep);
}
