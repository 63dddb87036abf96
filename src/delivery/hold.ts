import { and, asc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endpoints, events, undelivered } from "../db/schema";
import { HOUR, SECOND } from "../lib/time";
import type { UndeliveredRow } from "./fan-out";

// Events that an endpoint's object would not take wait here, per stream, so that the other endpoints move on.

const FIRST_WAIT = 5 * SECOND;
const LONGEST_WAIT = HOUR;

/** A query for the endpoints of the organizations that may hear events: never cached, always of the primary. */
export function subscribersOf(db: Database, organizationIds: readonly string[]) {
  return db
    .select()
    .from(endpoints)
    .where(
      and(
        inArray(endpoints.organizationId, sql`(SELECT value FROM json_each(${JSON.stringify(organizationIds)}))`),
        sql`deleted_at IS NULL`,
        eq(endpoints.active, true),
      ),
    );
}

/** A query for what is held of the streams. */
export function heldOf(db: Database, streams: readonly string[]) {
  return db
    .select({ endpointId: undelivered.endpointId, stream: undelivered.stream })
    .from(undelivered)
    .where(inArray(undelivered.stream, sql`(SELECT value FROM json_each(${JSON.stringify(streams)}))`));
}

/** Statement that holds back everything of a stream from `fromSeq` on for one endpoint. */
export function holdBack(
  db: Database,
  held: Pick<UndeliveredRow, "endpointId" | "stream" | "organizationId" | "fromSeq" | "reason">,
  now: number,
): Statement {
  return db
    .insert(undelivered)
    .values({ ...held, attempts: 1, dueAt: now + FIRST_WAIT })
    .onConflictDoUpdate({
      target: [undelivered.endpointId, undelivered.stream],
      set: { fromSeq: sql`min(from_seq, excluded.from_seq)` },
    });
}

/** Held streams whose next try is due, oldest first. */
export function dueHeld(db: Database, now: number, limit: number) {
  return db.select().from(undelivered).where(lte(undelivered.dueAt, now)).orderBy(asc(undelivered.dueAt)).limit(limit);
}

/** A query for the events that a held row stands for. */
export function heldEvents(db: Database, held: UndeliveredRow) {
  return db
    .select()
    .from(events)
    .where(and(eq(events.stream, held.stream), gte(events.seq, held.fromSeq)))
    .orderBy(asc(events.seq));
}

/** Statements after the object took everything up to `seq`: the row goes, unless newer events came behind it. */
export function releaseHeld(db: Database, held: UndeliveredRow, seq: number): Statement[] {
  const row = and(eq(undelivered.endpointId, held.endpointId), eq(undelivered.stream, held.stream));
  return [
    db
      .delete(undelivered)
      .where(and(row, sql`NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${held.stream} AND seq > ${seq})`)),
    db
      .update(undelivered)
      .set({ fromSeq: seq + 1, attempts: 0, dueAt: 0 })
      .where(row),
  ];
}

/** Statement after one more failed try: the wait doubles, up to an hour. */
export function postponeHeld(db: Database, held: UndeliveredRow, now: number, reason: string): Statement {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(held.attempts, 20));
  return db
    .update(undelivered)
    .set({ attempts: held.attempts + 1, dueAt: now + wait, reason })
    .where(and(eq(undelivered.endpointId, held.endpointId), eq(undelivered.stream, held.stream)));
}
