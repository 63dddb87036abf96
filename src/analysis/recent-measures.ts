import { and, desc, eq, isNotNull } from "drizzle-orm";
import { callsWithin } from "../calls";
import type { Database } from "../db/client";
import { analyses, calls } from "../db/schema";
import type { Within } from "../identity";
import { findingsSchema, type Findings } from "./contract";

/** What was measured in a call, and the source that says which of its channels is the operator's. */
export type MeasuredCall = { sourceId: string; findings: Findings };

/** `limit`: of so many newest calls, those that this version of the built-in engine has heard. */
type RecentMeasures = { campaignId: string; engineVersion: string; limit: number };

/** The measures of a campaign's newest analysed calls within a reach, without the times of single segments. */
export async function recentMeasures(
  db: Database,
  { organizationId, reach, campaignId, engineVersion, limit }: Within & RecentMeasures,
): Promise<MeasuredCall[]> {
  const rows = await db
    .select({ sourceId: calls.sourceId, findings: analyses.findings, version: analyses.engineVersion })
    .from(calls)
    .innerJoin(analyses, eq(analyses.callId, calls.id))
    .where(
      and(
        eq(calls.organizationId, organizationId),
        eq(calls.campaignId, campaignId),
        callsWithin(reach),
        isNotNull(analyses.findings),
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(limit);
  return rows.flatMap(({ sourceId, findings, version }) => {
    // What another version measured is not comparable.
    if (version !== engineVersion) return [];
    const read = findingsSchema.safeParse(findings);
    return read.success ? [{ sourceId, findings: read.data }] : [];
  });
}
