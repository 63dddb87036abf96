import { and, isNotNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { claimNamed, claimWork, type Work } from "../db/work";
import { MINUTE } from "../lib/time";
import type { LinkedRecording } from "./openers";
import type { ClaimedRecording, RecordingName } from "./recording";

/** How long a claim lasts, in milliseconds: a queue consumer lives 15 minutes, so no attempt outlives its claim. */
export const RECORDING_LEASE = 15 * MINUTE;

export const recordingWork: Work<typeof recordings> = {
  table: recordings,
  key: ["callId", "id"],
  open: sql`${recordings.state} = 'pending'`,
  lease: RECORDING_LEASE,
};

/** SQL that is true for a recording with an address. Without one there is nothing to do but wait. */
export const hasAddress = isNotNull(recordings.url);

/** SQL that is true for a recording that its source's lane fetches: a literal, as `open` of the work is. */
export const isSlow = sql`${recordings.slow} = 1`;

/**
 * Claims a recording that is due and has an address; undefined when it is done, not due, or claimed by another worker.
 */
export async function claimRecording(
  db: Database,
  { organizationId, callId, recordingId: id }: RecordingName,
  now: number,
  when?: SQL,
): Promise<LinkedRecording | undefined> {
  return withUrl(await claimWork(db, recordingWork, { organizationId, callId, id }, now, and(hasAddress, when)));
}

/** A statement that claims those of the named recordings that are due and have an address. It gives their rows. */
export function claimRecordings(db: Database, names: readonly RecordingName[], now: number, when?: SQL) {
  const keys = names.map(({ organizationId, callId, recordingId: id }) => ({ organizationId, callId, id }));
  return claimNamed(db, recordingWork, keys, now, and(hasAddress, when));
}

/** The host that a recording is requested from first. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}

function withUrl(row: ClaimedRecording | undefined): LinkedRecording | undefined {
  return row && row.url !== null ? { ...row, url: row.url } : undefined;
}
