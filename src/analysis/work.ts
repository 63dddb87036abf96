import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";
import { claimWork, type Work } from "../db/work";
import { MINUTE } from "../lib/time";
import type { AnalysisRow } from "./snapshot";

export const analysisWork: Work<typeof analyses> = {
  table: analyses,
  key: ["callId", "id"],
  open: sql`${analyses.state} = 'pending'`,
  // The platform ends a queue consumer after 15 minutes of wall time.
  lease: 16 * MINUTE,
};

/** Claims the analysis for one attempt; undefined when it is done, not due, or claimed by another worker. */
export function claimAnalysis(
  db: Database,
  { organizationId, callId, analysisId: id }: { organizationId: string; callId: string; analysisId: string },
  now: number,
): Promise<AnalysisRow | undefined> {
  return claimWork(db, analysisWork, { organizationId, callId, id }, now);
}
