import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls, recordings } from "../db/schema";
import type { RecordingRow } from "./recording";

export type RecordingFilter = { callId?: string; callIds?: readonly string[]; state?: RecordingRow["state"] };

/** Where a list goes on: after this recording of the call that began at this moment. */
export type RecordingPosition = { startedAt: number; callId: string; id: string };

/** A recording with the moment its call began, which is what the list is ordered by. */
export type ListedRecording = { recording: RecordingRow; startedAt: number };

/** The organization's recordings, those of the newest calls first. */
export async function listRecordings(
  db: Database,
  query: { organizationId: string; filter?: RecordingFilter; limit: number; after?: RecordingPosition },
): Promise<ListedRecording[]> {
  const { after, filter } = query;
  return db
    .select({ recording: recordings, startedAt: calls.startedAt })
    .from(calls)
    .innerJoin(recordings, eq(recordings.callId, calls.id))
    .where(
      and(
        eq(calls.organizationId, query.organizationId),
        eq(recordings.organizationId, query.organizationId),
        filter?.callId === undefined ? undefined : eq(calls.id, filter.callId),
        filter?.callIds && sql`${calls.id} IN (SELECT value FROM json_each(${JSON.stringify(filter.callIds)}))`,
        filter?.state && eq(recordings.state, filter.state),
        // The first line is what the index on calls can use; the second is exact.
        after && sql`(${calls.startedAt}, ${calls.id}) <= (${after.startedAt}, ${after.callId})`,
        after &&
          sql`(${calls.startedAt}, ${calls.id}, ${recordings.id}) < (${after.startedAt}, ${after.callId}, ${after.id})`,
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id), desc(recordings.id))
    .limit(query.limit);
}
