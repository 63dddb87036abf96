import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import { amongScanned, endOfScan, byIndex, scannedPage, type ScannedPage } from "../calls";
import type { Database } from "../db/client";
import { analyses, calls } from "../db/schema";
import type { AnalysisRow } from "./snapshot";

export type AnalysisFilter = { callId?: string; callIds?: readonly string[]; state?: AnalysisRow["state"] };

/** The position of a page: after this analysis of the call that began at this time. */
export type AnalysisPosition = { startedAt: number; callId: string; id: string };

/** An analysis with the time its call began, by which the list is ordered. */
export type ListedAnalysis = { analysis: AnalysisRow; startedAt: number };

/**
 * The organization's analyses, those of the newest calls first. A state is scanned for in a limited number of calls per
 * page.
 */
export async function listAnalyses(
  db: Database,
  query: { organizationId: string; filter?: AnalysisFilter; limit: number; after?: AnalysisPosition },
): Promise<ScannedPage<ListedAnalysis>> {
  const { organizationId, after, filter, limit } = query;
  const range = byIndex({ organizationId, after: after && { startedAt: after.startedAt, id: after.callId } });
  const rows = (where: SQL | undefined) =>
    db
      .select({ analysis: analyses, startedAt: calls.startedAt })
      .from(calls)
      .innerJoin(analyses, eq(analyses.callId, calls.id))
      .where(
        and(
          where,
          eq(analyses.organizationId, organizationId),
          filter?.callId === undefined ? undefined : eq(calls.id, filter.callId),
          filter?.callIds && sql`${calls.id} IN (SELECT value FROM json_each(${JSON.stringify(filter.callIds)}))`,
          filter?.state && eq(analyses.state, filter.state),
          after &&
            sql`(${calls.startedAt}, ${calls.id}, ${analyses.id}) < (${after.startedAt}, ${after.callId}, ${after.id})`,
        ),
      )
      .orderBy(desc(calls.startedAt), desc(calls.id), desc(analyses.id))
      .limit(limit);
  const isOfCalls = filter?.callId !== undefined || filter?.callIds !== undefined;
  if (isOfCalls || !filter?.state) return { rows: await rows(range), scannedTo: null };
  const [page, [end]] = await db.batch([rows(amongScanned(range)), endOfScan(db, range)]);
  return scannedPage(page, limit, end);
}
