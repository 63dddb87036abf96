import { and, desc, eq, isNotNull } from "drizzle-orm";
import { callsWithin } from "../calls";
import type { Database } from "../db/client";
import { analyses, calls } from "../db/schema";
import type { Within } from "../identity";
import { findingsSchema, type Findings } from "./contract";

/** What was measured in a call, and the source that says which of its channels is the operator's. */
export type MeasuredCall = { sourceId: string; findings: Findings };

/** The measures of a campaign's newest analysed calls within a reach, without the times of single segments. */
export async function recentMeasures(
  db: Database,
  { organizationId, reach, campaignId, limit }: Within & { campaignId: string; limit: number },
): Promise<MeasuredCall[]> {
  const rows = await db
    .select({ sourceId: calls.sourceId, findings: analyses.findings })
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
  return rows.flatMap(({ sourceId, findings }) => {
    const read = findingsSchema.safeParse(findings);
    return read.success ? [{ sourceId, findings: read.data }] : [];
  });
}
