import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";
import { MINUTE } from "../lib/time";
import type { AnalysisRow } from "./snapshot";

/** How long one try may hold an analysis: the platform ends a queue consumer after 15 minutes of wall time. */
const LEASE = 16 * MINUTE;

/**
 * Takes the analysis for one try, or gives undefined when it is done, not due, or somebody else's. `state` is not set,
 * so the partial index of open work costs nothing here.
 */
export async function claimAnalysis(
  db: Database,
  work: { callId: string; analysisId: string },
  now: number,
): Promise<AnalysisRow | undefined> {
  const [row] = await db
    .update(analyses)
    .set({ attempts: sql`attempts + 1`, leaseUntil: now + LEASE })
    .where(
      and(
        eq(analyses.callId, work.callId),
        eq(analyses.id, work.analysisId),
        eq(analyses.state, "pending"),
        lte(analyses.dueAt, now),
        lte(analyses.leaseUntil, now),
      ),
    )
    .returning();
  return row;
}
