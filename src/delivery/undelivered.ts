import { and, asc, eq, gte, lte, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { valueList } from "../db/value-list";
import { rowsOf, type Query } from "../db/read-together";
import { endpoints, events, undelivered } from "../db/schema";
import { streamEventColumns } from "../events";
import { HOUR, MINUTE, SECOND } from "../lib/time";
import type { EndpointRow } from "./endpoints";
import type { UndeliveredRow } from "./fan-out";

// Events that an endpoint's object did not take wait here, per stream, so that the other endpoints are not blocked.

const FIRST_WAIT = 5 * SECOND;
const LONGEST_WAIT = HOUR;
/** A full object works normally: it has room again as soon as it has sent something. */
const FULL_WAIT = MINUTE;

/** An undelivered stream: all its events from `fromSeq` on wait. */
export type UndeliveredStream = { stream: string; fromSeq: number };

/** The organizations' endpoints that may receive events: never cached, always from the primary database. */
export function subscribersOf(organizationIds: readonly string[]): Query<EndpointRow> {
  return rowsOf(
    endpoints,
    sql`WHERE organization_id IN ${valueList(organizationIds)}
      AND deleted_at IS NULL AND active = 1`,
  );
}

/** The undelivered rows of the streams. */
export function undeliveredOf(streams: readonly string[]): Query<Pick<UndeliveredRow, "endpointId" | "stream">> {
  return {
    columns: { endpointId: undelivered.endpointId, stream: undelivered.stream },
    from: sql`FROM ${undelivered} WHERE stream IN ${valueList(streams)}`,
  };
}

/** A statement that marks everything of each stream from its `fromSeq` on as undelivered for one endpoint. */
export function keepUndelivered(
  db: Database,
  endpoint: { id: string; organizationId: string },
  waiting: readonly UndeliveredStream[],
  reason: string,
  now: number,
): Statement {
  return db.run(sql`
    INSERT INTO ${undelivered} (endpoint_id, stream, organization_id, from_seq, attempts, due_at, reason)
    SELECT ${endpoint.id}, value ->> 'stream', ${endpoint.organizationId}, value ->> 'fromSeq', 1, ${now + FIRST_WAIT}, ${reason}
    FROM json_each(${JSON.stringify(waiting)}) WHERE true
    ON CONFLICT (endpoint_id, stream) DO UPDATE SET from_seq = min(from_seq, excluded.from_seq)`);
}

/** A query for endpoints with undelivered streams whose next try is due. */
export function endpointsWithDue(db: Database, now: number, limit: number) {
  return db
    .selectDistinct({ endpointId: undelivered.endpointId, organizationId: undelivered.organizationId })
    .from(undelivered)
    .where(lte(undelivered.dueAt, now))
    .limit(limit);
}

/** A query for an endpoint's undelivered streams whose next try is due, the longest overdue first. */
export function dueUndelivered(db: Database, endpointId: string, now: number, limit: number) {
  return db
    .select()
    .from(undelivered)
    .where(and(eq(undelivered.endpointId, endpointId), lte(undelivered.dueAt, now)))
    .orderBy(asc(undelivered.dueAt), asc(undelivered.stream))
    .limit(limit);
}

/** A query for the events of undelivered rows, each stream in order. */
export function undeliveredEvents(db: Database, waiting: readonly UndeliveredStream[], limit: number) {
  const rows = JSON.stringify(waiting.map(({ stream, fromSeq }) => ({ stream, fromSeq })));
  return db
    .select(streamEventColumns)
    .from(events)
    .innerJoin(
      sql`json_each(${rows}) AS waiting`,
      and(sql`events.stream = waiting.value ->> 'stream'`, gte(events.seq, sql`waiting.value ->> 'fromSeq'`)),
    )
    .orderBy(asc(sql`waiting.key`), asc(events.seq))
    .limit(limit);
}

/** Statements after the object took everything up to `seq`: the row is deleted, unless newer events follow. */
export function releaseUndelivered(db: Database, row: UndeliveredRow, seq: number): Statement[] {
  const same = and(eq(undelivered.endpointId, row.endpointId), eq(undelivered.stream, row.stream));
  return [
    db
      .delete(undelivered)
      .where(and(same, sql`NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${row.stream} AND seq > ${seq})`)),
    db
      .update(undelivered)
      .set({ fromSeq: seq + 1, attempts: 0, dueAt: 0 })
      .where(same),
  ];
}

/** A statement after a failed try: the wait doubles, up to an hour. A full object is tried again each minute. */
export function postponeUndelivered(db: Database, row: UndeliveredRow, now: number, reason: string): Statement {
  const wait = reason === "full" ? FULL_WAIT : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(row.attempts, 20));
  const attempts = reason === "full" ? row.attempts : row.attempts + 1;
  return db
    .update(undelivered)
    .set({ attempts, dueAt: now + wait, reason })
    .where(and(eq(undelivered.endpointId, row.endpointId), eq(undelivered.stream, row.stream)));
}

/** A statement that deletes the undelivered rows of a deleted endpoint. */
export function forgetUndelivered(db: Database, endpointId: string): Statement {
  return db.delete(undelivered).where(eq(undelivered.endpointId, endpointId));
}
