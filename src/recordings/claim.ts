import { and, isNotNull, lte, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { MINUTE } from "../lib/time";
import { named, type ClaimedRecording, type RecordingName } from "./recording";

/** How long a claim holds, in milliseconds: a queue consumer lives 15 minutes, so no attempt outlives its claim. */
export const RECORDING_LEASE = 15 * MINUTE;

/** Takes a recording that is due into this attempt's hands; undefined when it is done, not due, or in other hands. */
export async function claimRecording(
  db: Database,
  name: RecordingName,
  now: number,
): Promise<(ClaimedRecording & { url: string }) | undefined> {
  const row = await claim(db, name, now, and(lte(recordings.dueAt, now), isNotNull(recordings.url)));
  if (!row) return undefined;
  const { url } = row;
  return url === null ? undefined : { ...row, url };
}

/** Takes a recording whose time is over, with or without an address, in order to fail it. */
export function claimExpired(db: Database, name: RecordingName, now: number): Promise<ClaimedRecording | undefined> {
  return claim(db, name, now, lte(recordings.giveUpAt, now));
}

// Sets no column of the partial index, `state` above all: a claim writes one row.
async function claim(
  db: Database,
  name: RecordingName,
  now: number,
  due: SQL | undefined,
): Promise<ClaimedRecording | undefined> {
  const [row] = await db
    .update(recordings)
    .set({ attempts: sql`${recordings.attempts} + 1`, leaseUntil: now + RECORDING_LEASE })
    .where(and(named(name), sql`${recordings.state} = 'pending'`, lte(recordings.leaseUntil, now), due))
    .returning();
  return row;
}
