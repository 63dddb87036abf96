import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { events, pendingStreams } from "../db/schema";
import { newId } from "../lib/id";
import type { EventType, NewEvent } from "./catalog";

/** An event to record, and the condition that D1 checks inside the batch. */
export type GuardedEvent = NewEvent & { when?: SQL };

/** The row's data of an event that is stored in R2: its key there, and a few values (spill.ts). */
export type SpilledData = { spilled: string; [key: string]: unknown };

/** An event whose data was too large for its row. Its id is part of the R2 key. */
export type SpilledEvent = { type: EventType; id: string; data: SpilledData; when?: SQL };

/** D1's clock in milliseconds. Events and endpoints are stamped with it, so that the two compare. */
export const d1Now: SQL = sql`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

/**
 * Statements for the caller's batch that append events to a stream, in order. Each takes the stream's next number
 * inside its own statement, so two writers never share one. `guard` proves that the caller's change took effect
 * (`EXISTS (… version = … AND writer = …)`); without it nothing is recorded. The last statement marks the stream as
 * undrained.
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

/** SQL that is true when the stream has no event of this type yet: the guard of events that happen once. */
export function neverRecorded(stream: string, type: NewEvent["type"]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${events} WHERE stream = ${stream} AND type = ${type})`;
}
