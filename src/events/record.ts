import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { events, pendingStreams } from "../db/schema";
import { newId } from "../lib/id";
import type { EventType, NewEvent } from "./catalog";

/** An event to record, and the condition under which it is a fact: evaluated by D1 inside the batch. */
export type GuardedEvent = NewEvent & { when?: SQL };

/** What stands in the row of an event whose data lies elsewhere: where, and a few keys of it (delivery/spill.ts). */
export type SpilledData = { spilled: string; [key: string]: unknown };

/** An event whose data was too large for its row; its id is part of the place where the data lies. */
export type SpilledEvent = { type: EventType; id: string; data: SpilledData; when?: SQL };

/** D1's clock in milliseconds: what events and endpoints are stamped with, so that the two compare. */
export const d1Now: SQL = sql`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

/**
 * Statements for the caller's batch that append events to a stream, in order. Each gets the next number of the stream
 * inside its own statement, so two writers can never share one. `guard` is the caller's proof that its change took
 * effect (`EXISTS (… version = … AND writer = …)`); without it nothing is recorded. The last statement leaves the mark
 * that someone must drain the stream.
 */
export function recordEvents(
  db: Database,
  stream: { id: string; organizationId: string },
  facts: readonly (GuardedEvent | SpilledEvent)[],
  guard: SQL,
  now: number,
): Statement[] {
  if (facts.length === 0) return [];
  const ids: string[] = [];
  const inserts = facts.map((fact) => {
    const id = "id" in fact ? fact.id : newId("evt", now);
    ids.push(id);
    const condition = fact.when ? sql`(${guard}) AND (${fact.when})` : guard;
    return db.run(sql`
      INSERT INTO ${events} (stream, seq, id, organization_id, type, recorded_at, data)
      SELECT ${stream.id}, (SELECT coalesce(max(seq), 0) + 1 FROM ${events} WHERE stream = ${stream.id}),
             ${id}, ${stream.organizationId}, ${fact.type}, ${d1Now}, ${JSON.stringify(fact.data)}
      WHERE ${condition}`);
  });
  const mark = db.run(sql`
    INSERT INTO ${pendingStreams} (stream, organization_id, from_seq, since)
    SELECT ${stream.id}, ${stream.organizationId}, min(seq), ${d1Now} FROM ${events}
    WHERE stream = ${stream.id} AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
    HAVING min(seq) IS NOT NULL
    ON CONFLICT (stream) DO NOTHING`);
  return [...inserts, mark];
}

/** SQL that holds when the stream has no event of this type yet: the guard of what happens once. */
export function neverRecorded(stream: string, type: NewEvent["type"]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${stream} AND type = ${type})`;
}
