import { and, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { writeRow } from "../../db/rows";
import { endpointHealth, endpoints, events } from "../../db/schema";
import { isAboutEndpoint, recordEvents, type GuardedEvent } from "../../events";
import { HOUR, toIso } from "../../lib/time";
import type { EndpointConfig } from "../contract";
import { endpointConfigOf, type EndpointRow } from "../endpoints";
import { DISABLE_AFTER } from "../object/endpoint-state";
import { noteDisabled } from "./note-endpoint";

// Records notices of an endpoint's objects as events. An object may send a notice twice, when the first answer was
// lost, and several objects of an endpoint may send the same one: each statement here records it once. The events are
// in the endpoint's own stream, which keeps them in order; fan-out delivers them to the organization's other endpoints.

export type EndpointTarget = { organizationId: string; endpointId: string };

/** A notice of an object about its endpoint. Times in milliseconds. */
export type EndpointNotice =
  | { kind: "recovered"; at: number; failingSince: number }
  | { kind: "backlog_high"; at: number; backlog: number; limit: number }
  | { kind: "parked"; at: number; deliveryId: string; eventId: string; type: string; stream: string; seq: number };

/** How many events of the endpoint's stream are searched for an earlier record of the same notice. */
const LOOK_BACK = 200;

/**
 * Disables an endpoint and records `endpoint.disabled`, in one batch and only once. Does nothing when someone changed
 * the endpoint after `at` (milliseconds): the change may have repaired it, and otherwise it fails again. Does nothing
 * for `failing` while another object of the endpoint delivers: then the endpoint refuses certain calls and is not dead.
 * Gives the endpoint's current configuration for its object, or undefined when there is none. The caller starts the
 * drain of the endpoint's stream.
 */
export async function disableEndpoint(
  db: Database,
  target: EndpointTarget,
  reason: "gone" | "failing",
  at: number,
): Promise<EndpointConfig | undefined> {
  const row = await readRow(db, target);
  if (!row?.active || row.deletedAt !== null || row.updatedAt > at) return row && endpointConfigOf(row);
  // Both statements check this before the second one changes it, so only one of two objects finds it true.
  const untouched = sql`EXISTS (SELECT 1 FROM ${endpoints} WHERE id = ${row.id} AND version = ${row.version} AND deleted_at IS NULL)`;
  const delivers = sql`EXISTS (SELECT 1 FROM ${endpointHealth} WHERE endpoint_id = ${row.id}
    AND last_success_at > ${at - (row.settings.disableAfter ?? DISABLE_AFTER)})`;
  const guard = reason === "failing" ? sql`${untouched} AND NOT ${delivers}` : untouched;
  const event: GuardedEvent = {
    type: "endpoint.disabled",
    data: { endpoint: referenceTo(row), reason, disabled_at: toIso(at) },
  };
  await runBatch(db, [
    ...recordEvents(db, streamOf(row), [event], guard, at),
    writeRow(db, noteDisabled(row, guard, at)),
    db
      .update(endpoints)
      .set({ active: false, disabledReason: reason, disabledAt: at, version: row.version + 1, updatedAt: at })
      .where(and(eq(endpoints.id, row.id), guard)),
  ]);
  const after = await readRow(db, target);
  return after && endpointConfigOf(after);
}

/**
 * Records a notice as an event, once. Gives whether this call recorded it. A recovery is recorded once per failing
 * streak, a backlog warning at most once an hour, a parked delivery once. A parked delivery of an event about an
 * endpoint is not recorded: two dead endpoints would otherwise cause events about each other for ever.
 */
export async function recordEndpointNotice(
  db: Database,
  target: EndpointTarget,
  notice: EndpointNotice,
): Promise<boolean> {
  if (notice.kind === "parked" && isAboutEndpoint(notice.type)) return false;
  const row = await readRow(db, target);
  if (!row || row.deletedAt !== null) return false;
  const results = await runBatch(
    db,
    recordEvents(db, streamOf(row), [eventOf(row, notice)], notYetRecorded(row, notice), notice.at),
  );
  return changesOf(results[0]) > 0;
}

function eventOf(row: EndpointRow, notice: EndpointNotice): GuardedEvent {
  const endpoint = referenceTo(row);
  switch (notice.kind) {
    case "recovered": {
      const times = { failing_since: toIso(notice.failingSince), recovered_at: toIso(notice.at) };
      return { type: "endpoint.recovered", data: { endpoint, ...times } };
    }
    case "backlog_high":
      return { type: "endpoint.backlog_high", data: { endpoint, backlog: notice.backlog, limit: notice.limit } };
    case "parked": {
      const { deliveryId, eventId, type, stream, seq } = notice;
      const delivery = { id: deliveryId, event_id: eventId, event_type: type, stream, seq };
      return { type: "delivery.parked", data: { endpoint, delivery, parked_at: toIso(notice.at) } };
    }
  }
}

/** SQL that is true while the notice is not recorded yet. */
function notYetRecorded(row: EndpointRow, notice: EndpointNotice): SQL {
  // The limit is written out: as a guard this runs over rows of parameters, and a limit cannot be a column.
  const recent = sql`(SELECT type, recorded_at, data FROM ${events} WHERE stream = ${row.id}
    ORDER BY seq DESC LIMIT ${sql.raw(String(LOOK_BACK))})`;
  switch (notice.kind) {
    case "recovered":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'endpoint.recovered' AND recorded_at >= ${notice.failingSince})`;
    case "backlog_high":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'endpoint.backlog_high' AND recorded_at > ${notice.at - HOUR})`;
    case "parked":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'delivery.parked' AND data ->> '$.delivery.id' = ${notice.deliveryId})`;
  }
}

async function readRow(db: Database, { organizationId, endpointId }: EndpointTarget): Promise<EndpointRow | undefined> {
  return db
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.organizationId, organizationId), eq(endpoints.id, endpointId)))
    .get();
}

function streamOf(row: EndpointRow): { id: string; organizationId: string } {
  return { id: row.id, organizationId: row.organizationId };
}

function referenceTo({ id, url, description }: EndpointRow) {
  return { id, url, description };
}
