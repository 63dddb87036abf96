import { and, asc, eq, getTableColumns, gte, inArray, lt, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { events, pendingStreams } from "../db/schema";
import { MINUTE } from "../lib/time";

export type RecordedEvent = typeof events.$inferSelect;

/**
 * An event with the time its stream began: when the stream's first event was recorded, in milliseconds of D1's clock.
 */
export type StreamEvent = RecordedEvent & { beganAt: number };

/** The columns of a `StreamEvent`, in a query over the table under its own name. */
export const streamEventColumns = {
  ...getTableColumns(events),
  // Written as text: drizzle omits the table's name where a query has only one table, and this one has the same table
  // twice.
  beganAt: sql<number>`(SELECT first.recorded_at FROM events AS first WHERE first.stream = events.stream
    ORDER BY first.seq LIMIT 1)`.as("began_at"),
};

/** A query for every undrained event of the streams, in order. One bound parameter for any number of streams. */
export function pendingEvents(db: Database, streams: readonly string[]) {
  return db
    .select(streamEventColumns)
    .from(pendingStreams)
    .innerJoin(events, and(eq(events.stream, pendingStreams.stream), gte(events.seq, pendingStreams.fromSeq)))
    .where(inArray(pendingStreams.stream, sql`(SELECT value FROM json_each(${JSON.stringify(streams)}))`))
    .orderBy(asc(events.stream), asc(events.seq));
}

/** A query for all events of an organization's stream, in order. */
export function eventsOfStream(db: Database, stream: { id: string; organizationId: string }) {
  return db
    .select(streamEventColumns)
    .from(events)
    .where(and(eq(events.stream, stream.id), eq(events.organizationId, stream.organizationId)))
    .orderBy(asc(events.seq));
}

/**
 * Statements that mark how far each stream is drained: its mark is deleted when nothing newer follows, or moved. Two
 * statements for any number of streams.
 */
export function markDrained(db: Database, drained: ReadonlyMap<string, number>): Statement[] {
  const given = sql`(SELECT value ->> 0 AS stream, value ->> 1 AS seq FROM json_each(${JSON.stringify([...drained])})) AS given`;
  return [
    db.run(sql`
      DELETE FROM ${pendingStreams} WHERE stream IN
        (SELECT given.stream FROM ${given} WHERE NOT EXISTS
          (SELECT 1 FROM ${events} AS newer WHERE newer.stream = given.stream AND newer.seq > given.seq))`),
    db.run(sql`
      UPDATE ${pendingStreams} SET from_seq = given.seq + 1 FROM ${given}
      WHERE pending_streams.stream = given.stream AND pending_streams.from_seq <= given.seq`),
  ];
}

/** How long a stream that was found overdue is not looked at again. */
const NEXT_LOOK = MINUTE;

/**
 * Finds the streams whose drain is overdue (marked before `before`, in milliseconds of D1's clock), which a crash left
 * behind. Their marks move ahead at the same time, so that no second message is sent while the first is on its way.
 */
export function takeOverdueStreams(db: Database, before: number, limit: number) {
  const { stream, organizationId, since } = pendingStreams;
  return db
    .update(pendingStreams)
    .set({ since: before + NEXT_LOOK })
    .where(
      inArray(
        stream,
        sql`(SELECT stream FROM ${pendingStreams} WHERE ${lt(since, before)} ORDER BY since LIMIT ${limit})`,
      ),
    )
    .returning({ stream, organizationId });
}
