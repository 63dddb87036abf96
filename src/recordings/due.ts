import { and, asc, gt, isNotNull, lte, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";

// Written out, not bound: SQLite uses a partial index only for a literal it can see.
const open = sql`${recordings.state} = 'pending'`;
const name = { organizationId: recordings.organizationId, callId: recordings.callId, recordingId: recordings.id };

/** A query for recordings that should be fetched now and are in nobody's hands, the longest due first. */
export function dueRecordings(db: Database, now: number, limit: number) {
  return db
    .select(name)
    .from(recordings)
    .where(
      and(
        open,
        lte(recordings.dueAt, now),
        lte(recordings.leaseUntil, now),
        gt(recordings.giveUpAt, now),
        isNotNull(recordings.url),
      ),
    )
    .orderBy(asc(recordings.dueAt))
    .limit(limit);
}

/** A query for recordings whose time is over, those whose address never came included. */
export function expiredRecordings(db: Database, now: number, limit: number) {
  return db
    .select(name)
    .from(recordings)
    .where(and(open, lte(recordings.giveUpAt, now), lte(recordings.leaseUntil, now)))
    .orderBy(asc(recordings.giveUpAt))
    .limit(limit);
}
