import { and, desc, eq, gte, sql } from "drizzle-orm";
import { ofCallWithin } from "../calls";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import type { Within } from "../identity";
import type { RecordingRow } from "./recording";

/** Recordings that were given up since a moment (milliseconds), the latest first. One search by index. */
export async function listFailedRecordings(
  db: Database,
  { organizationId, reach, since, limit }: Within & { since: number; limit: number },
): Promise<RecordingRow[]> {
  return db
    .select()
    .from(recordings)
    .where(
      and(
        eq(recordings.organizationId, organizationId),
        // The condition of the partial index is a literal: SQLite uses it only then.
        sql`state = 'failed'`,
        gte(recordings.completedAt, since),
        ofCallWithin(sql`${recordings.callId}`, reach),
      ),
    )
    .orderBy(desc(recordings.completedAt))
    .limit(limit);
}
