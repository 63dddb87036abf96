import { isNotNull, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { claimWork, type Work } from "../db/work";
import { MINUTE } from "../lib/time";
import type { ClaimedRecording, RecordingName } from "./recording";

/** How long a claim holds, in milliseconds: a queue consumer lives 15 minutes, so no attempt outlives its claim. */
export const RECORDING_LEASE = 15 * MINUTE;

export const recordingWork: Work<typeof recordings> = {
  table: recordings,
  key: ["callId", "id"],
  open: sql`${recordings.state} = 'pending'`,
  lease: RECORDING_LEASE,
};

/** SQL that holds for a recording somebody can be asked for: without an address there is nothing to do but wait. */
export const hasAddress = isNotNull(recordings.url);

/** Takes a recording that is due and has an address; undefined when it is done, not due, or claimed by another worker. */
export async function claimRecording(
  db: Database,
  { organizationId, callId, recordingId: id }: RecordingName,
  now: number,
): Promise<(ClaimedRecording & { url: string }) | undefined> {
  const row = await claimWork(db, recordingWork, { organizationId, callId, id }, now, hasAddress);
  return row && row.url !== null ? { ...row, url: row.url } : undefined;
}
