import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { overGiven } from "../db/rows";
import { events } from "../db/schema";
import { newId } from "../lib/id";
import type { EventType, NewEvent } from "./catalog";

/** An event to record, and the condition that D1 checks inside the batch. */
export type GuardedEvent = NewEvent & { when?: SQL };

/** The row's data of an event that is stored in R2: its key there, and a few values (spill.ts). */
export type SpilledData = { spilled: string; [key: string]: unknown };

/** An event whose data was too large for its row. Its id is part of the R2 key. */
export type SpilledEvent = { type: EventType; id: string; data: SpilledData; when?: SQL };

/** The data of an event whose content has run out (privacy/run-out.ts). */
export const EXPIRED_DATA = '{"expired":true}';

/** D1's clock in milliseconds. Events and endpoints are stamped with it, so that the two compare. */
export const d1Now: SQL = sql`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

/** Events of one stream, in order; `guard` is true when the change that they describe took effect. */
export type StreamFacts = {
  stream: { id: string; organizationId: string };
  facts: readonly (GuardedEvent | SpilledEvent)[];
  guard: SQL;
};

/**
 * Statements for the caller's batch that append events to a stream, in order. Each takes the stream's next number
 * inside the statement, so two writers never share one. `guard` proves that the caller's change took effect
 * (`EXISTS (… version = … AND writer = …)`); without it nothing is recorded. The insert marks the stream as undrained,
 * by a trigger of the table.
 */
export function recordEvents(
  db: Database,
  stream: StreamFacts["stream"],
  facts: StreamFacts["facts"],
  guard: SQL,
  now: number,
): Statement[] {
  return insertEvents(db, eventRows([{ stream, facts, guard }], now));
}

/** An event to be inserted: the values of its row but for the number, and when it is. */
export type EventRow = { values: [stream: string, id: string, ...rest: string[]]; when: SQL };

/** The rows of events of any number of streams, those of a stream in order. */
export function eventRows(streams: readonly StreamFacts[], now: number): EventRow[] {
  return streams.flatMap(({ stream, facts, guard }) =>
    facts.map((fact) => ({
      values: [
        stream.id,
        "id" in fact ? fact.id : newId("evt", now),
        stream.organizationId,
        fact.type,
        JSON.stringify(fact.data),
      ],
      when: fact.when ? sql`(${guard}) AND (${fact.when})` : guard,
    })),
  );
}

/**
 * Inserts the events whose condition holds: one statement, however many streams there are. The trigger
 * `events_mark_stream` marks their streams as undrained in the same transaction.
 */
export function insertEvents(db: Database, rows: readonly EventRow[]): Statement[] {
  return overGiven(
    db,
    rows,
    (given, when) => sql`
      INSERT INTO ${events} (stream, seq, id, organization_id, type, recorded_at, data)
      SELECT given.row ->> 0,
        (SELECT coalesce(max(seq), 0) FROM ${events} WHERE stream = given.row ->> 0)
          + row_number() OVER (PARTITION BY given.row ->> 0 ORDER BY given.at),
        given.row ->> 1, given.row ->> 2, given.row ->> 3, ${d1Now}, given.row ->> 4
      FROM ${given} WHERE ${when}`,
  );
}

/** SQL that is true when the stream has no event of this type yet: the guard of events that happen once. */
export function neverRecorded(stream: string | SQL, type: NewEvent["type"]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${stream} AND type = ${type})`;
}
