import { and, lte, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";

// Written out, not bound: SQLite uses a partial index only for a literal it can see.
const open = sql`${analyses.state} = 'pending'`;

/** Open analyses that are due and nobody's: what the cron nudges again. Reads the partial index of open work. */
export function dueAnalyses(db: Database, now: number, limit: number) {
  return db
    .select({ callId: analyses.callId, analysisId: analyses.id, organizationId: analyses.organizationId })
    .from(analyses)
    .where(and(open, lte(analyses.dueAt, now), lte(analyses.leaseUntil, now)))
    .limit(limit);
}

/** Open analyses whose time is over and that nobody works on. */
export function expiredAnalyses(db: Database, now: number, limit: number) {
  return db
    .select()
    .from(analyses)
    .where(and(open, lte(analyses.giveUpAt, now), lte(analyses.leaseUntil, now)))
    .limit(limit);
}
