import type { undelivered } from "../db/schema";
import { matchesSubscription, type RecordedEvent, type StreamEvent } from "../events";
import type { EndpointConfig, EnqueuedEvent } from "./contract";
import { endpointConfigOf, type EndpointRow } from "./endpoints";
import { changesIn, passesFilters } from "./filters";
import { profiles } from "./profiles";
import { objectName, shardOf } from "./shards";

export type UndeliveredRow = typeof undelivered.$inferSelect;

/** The events for one object of an endpoint, in the order of each stream. */
export type ObjectBatch = { config: EndpointConfig; object: string; events: EnqueuedEvent[] };

/**
 * Decides which endpoint receives which events. `events` are in stream order. An endpoint receives what was recorded at
 * or after its creation. Where `rows` has undelivered rows of an endpoint and stream, new events of that stream wait
 * behind them and are left out here. Pure.
 */
export function fanOut(
  events: readonly StreamEvent[],
  subscribers: readonly EndpointRow[],
  rows: readonly Pick<UndeliveredRow, "endpointId" | "stream">[],
): ObjectBatch[] {
  const waiting = new Set(rows.map(({ endpointId, stream }) => `${endpointId} ${stream}`));
  return subscribers.flatMap((endpoint) =>
    batchByObject(
      endpoint,
      events.filter((event) => receives(endpoint, event) && !waiting.has(`${endpoint.id} ${event.stream}`)),
    ),
  );
}

/** Groups the events by the object that holds their stream. */
export function batchByObject(endpoint: EndpointRow, events: readonly StreamEvent[]): ObjectBatch[] {
  const config = endpointConfigOf(endpoint);
  const byObject = new Map<string, ObjectBatch>();
  for (const event of events) {
    const object = objectName(endpoint.id, shardOf(endpoint.shards, event.stream, event.beganAt));
    const batch = byObject.get(object) ?? { config, object, events: [] };
    batch.events.push(enqueuedEventOf(event));
    byObject.set(object, batch);
  }
  return [...byObject.values()];
}

/** Whether an endpoint receives an event as it happens. */
export function receives(endpoint: EndpointRow, event: RecordedEvent): boolean {
  return endpoint.active && endpoint.createdAt <= event.recordedAt && asksFor(endpoint, event);
}

/** Whether an endpoint asks for an event, whenever it happened. No endpoint receives events about itself. */
export function asksFor(endpoint: EndpointRow, event: RecordedEvent): boolean {
  return (
    endpoint.organizationId === event.organizationId &&
    endpoint.deletedAt === null &&
    endpoint.id !== event.stream &&
    isSubscribed(endpoint, event.type) &&
    passesFilters(endpoint.filters, event) &&
    tellsOf(endpoint, event)
  );
}

export function enqueuedEventOf(event: RecordedEvent): EnqueuedEvent {
  const { stream, seq, id, type, recordedAt, data } = event;
  return { stream, seq, eventId: id, type, recordedAt, data };
}

/** Whether the profile has a message for what an event says has changed. */
function tellsOf({ profile }: Pick<EndpointRow, "profile">, event: RecordedEvent): boolean {
  const { tellsOfChanges } = profiles[profile];
  const changed = tellsOfChanges && changesIn(event);
  return !changed || tellsOfChanges(changed);
}

/** Whether the profile has the event type and a subscription of the endpoint names it, directly or by an alias. */
function isSubscribed(endpoint: Pick<EndpointRow, "profile" | "events">, type: string): boolean {
  const { eventTypes, aliases } = profiles[endpoint.profile];
  if (!eventTypes.includes(type)) return false;
  return endpoint.events.some(
    (pattern) => matchesSubscription(pattern, type) || aliases[pattern]?.includes(type) === true,
  );
}
