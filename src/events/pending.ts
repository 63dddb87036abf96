import { and, asc, eq, getTableColumns, inArray, lt, ne, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../db/client";
import { valueList } from "../db/value-list";
import type { Query } from "../db/read-together";
import { events, pendingStreams } from "../db/schema";
import { MINUTE } from "../lib/time";
import { EXPIRED_DATA } from "./record";

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

/** A query for all events of an organization's stream, in order, but for those whose content has run out. */
export function eventsOfStream(db: Database, stream: { id: string; organizationId: string }) {
  return db
    .select(streamEventColumns)
    .from(events)
    .where(
      and(
        eq(events.stream, stream.id),
        eq(events.organizationId, stream.organizationId),
        ne(events.data, EXPIRED_DATA),
      ),
    )
    .orderBy(asc(events.seq));
}

/**
 * Writes how far each stream is drained, after `alongside` in the same batch: its mark is deleted, or moved where
 * something newer follows, which is rare and takes a second batch. The marks of the streams in `goingOn`, about which
 * more is written in a moment, are moved at once: the events that follow find them, and need not make new ones.
 */
export async function writeDrained(
  db: Database,
  drained: ReadonlyMap<string, number>,
  { alongside = [], goingOn = new Set() }: { alongside?: readonly Statement[]; goingOn?: ReadonlySet<string> } = {},
): Promise<void> {
  if (drained.size === 0 && alongside.length === 0) return;
  const stay = [...drained].filter(([stream]) => goingOn.has(stream));
  const end = [...drained].filter(([stream]) => !goingOn.has(stream));
  const results = await runBatch(db, [
    ...alongside,
    ...(stay.length > 0 ? [moveMarks(db, stay)] : []),
    ...(end.length > 0 ? [deleteMarks(db, end)] : []),
  ]);
  if (end.length === 0 || changesOf(results.at(-1)) === end.length) return;
  await runBatch(db, [moveMarks(db, end)]);
}

type Drained = readonly (readonly [stream: string, seq: number])[];

function deleteMarks(db: Database, drained: Drained): Statement {
  return db.run(sql`
    DELETE FROM ${pendingStreams} WHERE stream IN
      (SELECT given.stream FROM ${givenOf(drained)} WHERE NOT EXISTS
        (SELECT 1 FROM ${events} AS newer WHERE newer.stream = given.stream AND newer.seq > given.seq))`);
}

function moveMarks(db: Database, drained: Drained): Statement {
  return db.run(sql`
    UPDATE ${pendingStreams} SET from_seq = given.seq + 1 FROM ${givenOf(drained)}
    WHERE pending_streams.stream = given.stream AND pending_streams.from_seq <= given.seq`);
}

function givenOf(drained: Drained): SQL {
  return sql`(SELECT value ->> 0 AS stream, value ->> 1 AS seq FROM json_each(${JSON.stringify(drained)})) AS given`;
}

/** How long a stream that was found overdue is not looked at again. */
const NEXT_LOOK = MINUTE;

/** Marks without an event that are deleted at once. */
const MOST_EMPTY = 5_000;

/**
 * Finds the streams whose drain is overdue (marked before `before`, in milliseconds of D1's clock), which a crash left
 * behind. Their marks move ahead at the same time, so that no second message is sent while the first is on its way. Marks
 * that stayed for events that have not come are deleted first, so that they hold back none that has something to drain.
 */
export async function takeOverdueStreams(db: Database, before: number, limit: number) {
  const { stream, organizationId, since, fromSeq } = pendingStreams;
  const isOverdue = lt(since, before);
  const isEmpty = sql`NOT EXISTS (SELECT 1 FROM ${events} AS newer WHERE newer.stream = ${stream}
    AND newer.seq >= ${fromSeq})`;
  const [, overdue] = await db.batch([
    db
      .delete(pendingStreams)
      .where(
        inArray(
          stream,
          sql`(SELECT stream FROM ${pendingStreams} WHERE ${isOverdue} AND ${isEmpty} LIMIT ${MOST_EMPTY})`,
        ),
      ),
    db
      .update(pendingStreams)
      .set({ since: before + NEXT_LOOK })
      .where(
        inArray(stream, sql`(SELECT stream FROM ${pendingStreams} WHERE ${isOverdue} ORDER BY since LIMIT ${limit})`),
      )
      .returning({ stream, organizationId }),
  ]);
  return overdue;
}
