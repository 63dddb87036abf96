import { and, asc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endpoints, events, undelivered } from "../db/schema";
import { streamEventColumns } from "../events";
import { HOUR, MINUTE, SECOND } from "../lib/time";
import type { UndeliveredRow } from "./fan-out";

// Events that an endpoint's object would not take wait here, per stream, so that the other endpoints move on.

const FIRST_WAIT = 5 * SECOND;
const LONGEST_WAIT = HOUR;
/** A full object is well: it has room again as soon as something was sent. */
const FULL_WAIT = MINUTE;

/** A held stream: everything of it from `fromSeq` on waits. */
export type UndeliveredStream = { stream: string; fromSeq: number };

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
export function undeliveredOf(db: Database, streams: readonly string[]) {
  return db
    .select({ endpointId: undelivered.endpointId, stream: undelivered.stream })
    .from(undelivered)
    .where(inArray(undelivered.stream, sql`(SELECT value FROM json_each(${JSON.stringify(streams)}))`));
}

/** Statement that holds back, for one endpoint, everything of each stream from its `fromSeq` on. */
export function keepUndelivered(
  db: Database,
  endpoint: { id: string; organizationId: string },
  held: readonly UndeliveredStream[],
  reason: string,
  now: number,
): Statement {
  return db.run(sql`
    INSERT INTO ${undelivered} (endpoint_id, stream, organization_id, from_seq, attempts, due_at, reason)
    SELECT ${endpoint.id}, value ->> 'stream', ${endpoint.organizationId}, value ->> 'fromSeq', 1, ${now + FIRST_WAIT}, ${reason}
    FROM json_each(${JSON.stringify(held)}) WHERE true
    ON CONFLICT (endpoint_id, stream) DO UPDATE SET from_seq = min(from_seq, excluded.from_seq)`);
}

/** Endpoints that have held streams whose next try is due. */
export function endpointsWithDue(db: Database, now: number, limit: number) {
  return db
    .selectDistinct({ endpointId: undelivered.endpointId, organizationId: undelivered.organizationId })
    .from(undelivered)
    .where(lte(undelivered.dueAt, now))
    .limit(limit);
}

/** A query for an endpoint's held streams whose next try is due, the longest overdue first. */
export function dueUndelivered(db: Database, endpointId: string, now: number, limit: number) {
  return db
    .select()
    .from(undelivered)
    .where(and(eq(undelivered.endpointId, endpointId), lte(undelivered.dueAt, now)))
    .orderBy(asc(undelivered.dueAt), asc(undelivered.stream))
    .limit(limit);
}

/** A query for the events that held rows stand for, each stream in order. */
export function undeliveredEvents(db: Database, held: readonly UndeliveredStream[], limit: number) {
  const rows = JSON.stringify(held.map(({ stream, fromSeq }) => ({ stream, fromSeq })));
  return db
    .select(streamEventColumns)
    .from(events)
    .innerJoin(
      sql`json_each(${rows}) AS held`,
      and(sql`events.stream = held.value ->> 'stream'`, gte(events.seq, sql`held.value ->> 'fromSeq'`)),
    )
    .orderBy(asc(sql`held.key`), asc(events.seq))
    .limit(limit);
}

/** Statements after the object took everything up to `seq`: the row goes, unless newer events came behind it. */
export function releaseUndelivered(db: Database, held: UndeliveredRow, seq: number): Statement[] {
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

/** Statement after one more failed try: the wait doubles, up to an hour. A full object is asked again each minute. */
export function postponeUndelivered(db: Database, held: UndeliveredRow, now: number, reason: string): Statement {
  const wait = reason === "full" ? FULL_WAIT : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(held.attempts, 20));
  const attempts = reason === "full" ? held.attempts : held.attempts + 1;
  return db
    .update(undelivered)
    .set({ attempts, dueAt: now + wait, reason })
    .where(and(eq(undelivered.endpointId, held.endpointId), eq(undelivered.stream, held.stream)));
}

/** Statement that forgets what is held for an endpoint that is no more. */
export function forgetUndelivered(db: Database, endpointId: string): Statement {
  return db.delete(undelivered).where(eq(undelivered.endpointId, endpointId));
}
