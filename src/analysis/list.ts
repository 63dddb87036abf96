import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses, calls } from "../db/schema";
import type { AnalysisRow } from "./snapshot";

export type AnalysisFilter = { callId?: string; callIds?: readonly string[]; state?: AnalysisRow["state"] };

/** Where a list goes on: after this analysis of the call that began at this moment. */
export type AnalysisPosition = { startedAt: number; callId: string; id: string };

/** An analysis with the moment its call began, which is what the list is ordered by. */
export type ListedAnalysis = { analysis: AnalysisRow; startedAt: number };

/** The organization's analyses, those of the newest calls first. */
export async function listAnalyses(
  db: Database,
  query: { organizationId: string; filter?: AnalysisFilter; limit: number; after?: AnalysisPosition },
): Promise<ListedAnalysis[]> {
  const { after, filter } = query;
  return db
    .select({ analysis: analyses, startedAt: calls.startedAt })
    .from(calls)
    .innerJoin(analyses, eq(analyses.callId, calls.id))
    .where(
      and(
        eq(calls.organizationId, query.organizationId),
        eq(analyses.organizationId, query.organizationId),
        filter?.callId === undefined ? undefined : eq(calls.id, filter.callId),
        filter?.callIds && sql`${calls.id} IN (SELECT value FROM json_each(${JSON.stringify(filter.callIds)}))`,
        filter?.state && eq(analyses.state, filter.state),
        // The first line is what the index on calls can use; the second is exact.
        after && sql`(${calls.startedAt}, ${calls.id}) <= (${after.startedAt}, ${after.callId})`,
        after &&
          sql`(${calls.startedAt}, ${calls.id}, ${analyses.id}) < (${after.startedAt}, ${after.callId}, ${after.id})`,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id), desc(analyses.id))
    .limit(query.limit);
}
