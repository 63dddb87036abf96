import { and, asc, eq, getTableColumns, inArray, lt, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../db/client";
import { valueList } from "../db/value-list";
import type { Query } from "../db/read-together";
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

/** A query for the first undrained events of the streams, in order, for a statement of several queries. */
export function pendingEvents(streams: readonly string[], limit: number): Query<StreamEvent> {
  return {
    columns: { ...getTableColumns(events), beganAt: streamEventColumns.beganAt.sql as SQL<number> },
    from: sql`FROM ${pendingStreams} CROSS JOIN ${events}
        ON events.stream = pending_streams.stream AND events.seq >= pending_streams.from_seq
      WHERE pending_streams.stream IN ${valueList(streams)}
      ORDER BY pending_streams.stream, events.seq LIMIT ${limit}`,
  };
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
 * Writes how far each stream is drained, after `alongside` in the same batch: its mark is deleted, or moved where
 * something newer follows, which is rare and takes a second batch.
 */
export async function writeDrained(
  db: Database,
  drained: ReadonlyMap<string, number>,
  alongside: readonly Statement[] = [],
): Promise<void> {
  if (drained.size === 0 && alongside.length === 0) return;
  const given = sql`(SELECT value ->> 0 AS stream, value ->> 1 AS seq FROM json_each(${JSON.stringify([...drained])})) AS given`;
  const results = await runBatch(db, [
    ...alongside,
    db.run(sql`
      DELETE FROM ${pendingStreams} WHERE stream IN
        (SELECT given.stream FROM ${given} WHERE NOT EXISTS
          (SELECT 1 FROM ${events} AS newer WHERE newer.stream = given.stream AND newer.seq > given.seq))`),
  ]);
  if (changesOf(results.at(-1)) === drained.size) return;
  await runBatch(db, [
    db.run(sql`
      UPDATE ${pendingStreams} SET from_seq = given.seq + 1 FROM ${given}
      WHERE pending_streams.stream = given.stream AND pending_streams.from_seq <= given.seq`),
  ]);
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
