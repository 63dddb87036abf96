import { and, asc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { events, pendingStreams } from "../db/schema";

export type RecordedEvent = typeof events.$inferSelect;

/** A query for every undrained event of the streams, in order. One bound parameter, however many streams. */
export function pendingEvents(db: Database, streams: readonly string[]) {
  return db
    .select({ event: events })
    .from(pendingStreams)
    .innerJoin(events, and(eq(events.stream, pendingStreams.stream), gte(events.seq, pendingStreams.fromSeq)))
    .where(inArray(pendingStreams.stream, sql`(SELECT value FROM json_each(${JSON.stringify(streams)}))`))
    .orderBy(asc(events.stream), asc(events.seq));
}

/** Statements that say "drained up to `seq`": the mark goes when nothing newer stands behind it, or moves up. */
export function markDrained(db: Database, stream: string, seq: number): Statement[] {
  return [
    db.run(sql`
      DELETE FROM ${pendingStreams} WHERE stream = ${stream}
      AND NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${stream} AND seq > ${seq})`),
    db
      .update(pendingStreams)
      .set({ fromSeq: seq + 1 })
      .where(and(eq(pendingStreams.stream, stream), lt(pendingStreams.fromSeq, seq + 1))),
  ];
}

/** Streams whose drain is overdue (marked before `before`, in milliseconds of D1's clock): what a crash left behind. */
export function overdueStreams(db: Database, before: number, limit: number) {
  return db
    .select({ stream: pendingStreams.stream, organizationId: pendingStreams.organizationId })
    .from(pendingStreams)
    .where(lt(pendingStreams.since, before))
    .orderBy(asc(pendingStreams.since))
    .limit(limit);
}
