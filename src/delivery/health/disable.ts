import { and, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { endpointHealth, endpoints, events } from "../../db/schema";
import { isAboutEndpoint, recordEvents, type GuardedEvent } from "../../events";
import { HOUR, toIso } from "../../lib/time";
import type { EndpointConfig } from "../contract";
import { endpointConfigOf, type EndpointRow } from "../endpoints";
import { DISABLE_AFTER } from "../object/endpoint-state";

// What an endpoint's object has to say to the organization. It may say it twice (its answer was lost) and several objects
// of one endpoint may say the same: each statement here makes sure that it is recorded once. The events are on a stream
// of the endpoint's own, so they keep their order; fan-out tells them to the other endpoints.

export type EndpointTarget = { organizationId: string; endpointId: string };

/** Something to tell of an endpoint. Times in milliseconds. */
export type EndpointTell =
  | { kind: "recovered"; at: number; failingSince: number }
  | { kind: "backlog_high"; at: number; backlog: number; limit: number }
  | { kind: "parked"; at: number; deliveryId: string; eventId: string; type: string; stream: string; seq: number };

/** The stream of an endpoint holds little; looking back further than this for a repetition is not worth the reading. */
const LOOK_BACK = 200;

/**
 * Turns an endpoint off and records `endpoint.disabled`, in one batch and once. Not when someone changed it after `at`
 * (milliseconds): that may have mended it, and if not, it fails again. Nor for failing in one object while another delivers:
 * that is a call the endpoint will not take, and no dead endpoint. Gives the endpoint as it stands now, for its
 * object to take over, or undefined when there is none. The caller nudges the drain of the endpoint's stream.
 */
export async function disableEndpoint(
  db: Database,
  target: EndpointTarget,
  reason: "gone" | "failing",
  at: number,
): Promise<EndpointConfig | undefined> {
  const row = await readRow(db, target);
  if (!row?.active || row.deletedAt !== null || row.updatedAt > at) return row && endpointConfigOf(row);
  // Checked by both statements before the second one changes it: of two objects, one finds it true.
  const untouched = sql`EXISTS (SELECT 1 FROM ${endpoints} WHERE id = ${row.id} AND version = ${row.version} AND deleted_at IS NULL)`;
  const delivers = sql`EXISTS (SELECT 1 FROM ${endpointHealth} WHERE endpoint_id = ${row.id}
    AND last_success_at > ${at - (row.settings.disableAfter ?? DISABLE_AFTER)})`;
  const guard = reason === "failing" ? sql`${untouched} AND NOT ${delivers}` : untouched;
  const told: GuardedEvent = {
    type: "endpoint.disabled",
    data: { endpoint: referenceTo(row), reason, disabled_at: toIso(at) },
  };
  await runBatch(db, [
    ...recordEvents(db, streamOf(row), [told], guard, at),
    db
      .update(endpoints)
      .set({ active: false, disabledReason: reason, disabledAt: at, version: row.version + 1, updatedAt: at })
      .where(and(eq(endpoints.id, row.id), guard)),
  ]);
  const after = await readRow(db, target);
  return after && endpointConfigOf(after);
}

/**
 * Records what an object tells of its endpoint, once, and gives whether that was now. A recovery is told once for each
 * failing streak, a backlog at most once an hour, a parked delivery once; but nobody is told of a parked delivery that
 * itself told of an endpoint, or two dead endpoints would tell each other of their deaths for ever.
 */
export async function tellEndpointEvent(db: Database, target: EndpointTarget, tell: EndpointTell): Promise<boolean> {
  if (tell.kind === "parked" && isAboutEndpoint(tell.type)) return false;
  const row = await readRow(db, target);
  if (!row || row.deletedAt !== null) return false;
  const results = await runBatch(db, recordEvents(db, streamOf(row), [eventOf(row, tell)], newsOf(row, tell), tell.at));
  return changesOf(results[0]) > 0;
}

function eventOf(row: EndpointRow, tell: EndpointTell): GuardedEvent {
  const endpoint = referenceTo(row);
  switch (tell.kind) {
    case "recovered": {
      const times = { failing_since: toIso(tell.failingSince), recovered_at: toIso(tell.at) };
      return { type: "endpoint.recovered", data: { endpoint, ...times } };
    }
    case "backlog_high":
      return { type: "endpoint.backlog_high", data: { endpoint, backlog: tell.backlog, limit: tell.limit } };
    case "parked": {
      const { deliveryId, eventId, type, stream, seq } = tell;
      const delivery = { id: deliveryId, event_id: eventId, event_type: type, stream, seq };
      return { type: "delivery.parked", data: { endpoint, delivery, parked_at: toIso(tell.at) } };
    }
  }
}

/** SQL that holds while this was not told before. */
function newsOf(row: EndpointRow, tell: EndpointTell): SQL {
  const recent = sql`(SELECT type, recorded_at, data FROM ${events} WHERE stream = ${row.id} ORDER BY seq DESC LIMIT ${LOOK_BACK})`;
  switch (tell.kind) {
    case "recovered":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'endpoint.recovered' AND recorded_at >= ${tell.failingSince})`;
    case "backlog_high":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'endpoint.backlog_high' AND recorded_at > ${tell.at - HOUR})`;
    case "parked":
      return sql`NOT EXISTS (SELECT 1 FROM ${recent} WHERE type = 'delivery.parked' AND data ->> '$.delivery.id' = ${tell.deliveryId})`;
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
