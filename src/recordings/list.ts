import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import { amongScanned, endOfScan, byIndex, scannedPage, type ScannedPage } from "../calls";
import type { Database } from "../db/client";
import { calls, recordings } from "../db/schema";
import type { RecordingRow } from "./recording";

export type RecordingFilter = { callId?: string; callIds?: readonly string[]; state?: RecordingRow["state"] };

/** The position of a page: after this recording of the call that began at this time. */
export type RecordingPosition = { startedAt: number; callId: string; id: string };

/** A recording with the time its call began, by which the list is ordered. */
export type ListedRecording = { recording: RecordingRow; startedAt: number };

/**
 * The organization's recordings, those of the newest calls first. A state is scanned for in a limited number of calls
 * per page.
 */
export async function listRecordings(
  db: Database,
  query: { organizationId: string; filter?: RecordingFilter; limit: number; after?: RecordingPosition },
): Promise<ScannedPage<ListedRecording>> {
  const { organizationId, after, filter, limit } = query;
  const range = byIndex({ organizationId, after: after && { startedAt: after.startedAt, id: after.callId } });
  const rows = (where: SQL | undefined) =>
    db
      .select({ recording: recordings, startedAt: calls.startedAt })
      .from(calls)
      .innerJoin(recordings, eq(recordings.callId, calls.id))
      .where(
        and(
          where,
          eq(recordings.organizationId, organizationId),
          filter?.callId === undefined ? undefined : eq(calls.id, filter.callId),
          filter?.callIds && sql`${calls.id} IN (SELECT value FROM json_each(${JSON.stringify(filter.callIds)}))`,
          filter?.state && eq(recordings.state, filter.state),
          after &&
            sql`(${calls.startedAt}, ${calls.id}, ${recordings.id}) < (${after.startedAt}, ${after.callId}, ${after.id})`,
        ),
      )
      .orderBy(desc(calls.startedAt), desc(calls.id), desc(recordings.id))
      .limit(limit);
  const isOfCalls = filter?.callId !== undefined || filter?.callIds !== undefined;
  if (isOfCalls || !filter?.state) return { rows: await rows(range), scannedTo: null };
  const [page, [end]] = await db.batch([rows(amongScanned(range)), endOfScan(db, range)]);
  return scannedPage(page, limit, end);
}
