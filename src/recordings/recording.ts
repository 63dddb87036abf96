import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";

export type RecordingRow = typeof recordings.$inferSelect;

/** The primary key of a recording, with its organization. */
export type RecordingName = { organizationId: string; callId: string; recordingId: string };

/** A recording as its claim returned it. Every write of the attempt is fenced by it (db/work.ts). */
export type ClaimedRecording = RecordingRow;

/** One recording of an organization, or undefined. */
export async function findRecording(db: Database, name: RecordingName): Promise<RecordingRow | undefined> {
  return db
    .select()
    .from(recordings)
    .where(
      and(
        eq(recordings.callId, name.callId),
        eq(recordings.id, name.recordingId),
        eq(recordings.organizationId, name.organizationId),
      ),
    )
    .get();
}
