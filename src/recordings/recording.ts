import { and, eq, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";

export type RecordingRow = typeof recordings.$inferSelect;

/** What finds a recording: the primary key, and whose it must be. */
export type RecordingName = { organizationId: string; callId: string; recordingId: string };

/** A recording an attempt has in its hands: `attempts` and `leaseUntil` together name the claim. */
export type ClaimedRecording = RecordingRow;

/** One recording of an organization, or undefined. */
export async function findRecording(db: Database, name: RecordingName): Promise<RecordingRow | undefined> {
  return db.select().from(recordings).where(named(name)).get();
}

/** SQL that picks the named row. */
export function named(name: RecordingName): SQL | undefined {
  return and(
    eq(recordings.callId, name.callId),
    eq(recordings.id, name.recordingId),
    eq(recordings.organizationId, name.organizationId),
  );
}

/** SQL that holds while the claim does: still open, and claimed by nobody since. */
export function stillClaimed(claimed: ClaimedRecording): SQL | undefined {
  return and(
    eq(recordings.callId, claimed.callId),
    eq(recordings.id, claimed.id),
    eq(recordings.state, "pending"),
    eq(recordings.attempts, claimed.attempts),
    eq(recordings.leaseUntil, claimed.leaseUntil),
  );
}
