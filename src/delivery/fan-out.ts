import type { undelivered } from "../db/schema";
import { matchesSubscription, type RecordedEvent, type StreamEvent } from "../events";
import type { EndpointConfig, EnqueuedEvent } from "./contract";
import { endpointConfigOf, type EndpointRow } from "./endpoints";
import { passesFilters } from "./filters";
import { profiles } from "./profiles";
import { objectName, shardOf } from "./shards";

export type UndeliveredRow = typeof undelivered.$inferSelect;

/** What one object of an endpoint is to be handed, in the order of each stream. */
export type Consignment = { config: EndpointConfig; object: string; events: EnqueuedEvent[] };

/**
 * Who is to hear of which events. `events` are in stream order. An endpoint hears what was recorded at or after its own
 * creation; events of a stream that waits in `held` for that endpoint queue behind it and are left out here. Pure.
 */
export function fanOut(
  events: readonly StreamEvent[],
  subscribers: readonly EndpointRow[],
  held: readonly Pick<UndeliveredRow, "endpointId" | "stream">[],
): Consignment[] {
  const waiting = new Set(held.map(({ endpointId, stream }) => `${endpointId} ${stream}`));
  return subscribers.flatMap((endpoint) =>
    consign(
      endpoint,
      events.filter((event) => hears(endpoint, event) && !waiting.has(`${endpoint.id} ${event.stream}`)),
    ),
  );
}

/** The events by the object that has their stream. */
export function consign(endpoint: EndpointRow, events: readonly StreamEvent[]): Consignment[] {
  const config = endpointConfigOf(endpoint);
  const byObject = new Map<string, Consignment>();
  for (const event of events) {
    const object = objectName(endpoint.id, shardOf(endpoint.shards, event.stream, event.beganAt));
    const consignment = byObject.get(object) ?? { config, object, events: [] };
    consignment.events.push(enqueuedEventOf(event));
    byObject.set(object, consignment);
  }
  return [...byObject.values()];
}

/** Whether an endpoint is to be told of an event as it happens. */
export function hears(endpoint: EndpointRow, event: RecordedEvent): boolean {
  return endpoint.active && endpoint.createdAt <= event.recordedAt && wants(endpoint, event);
}

/** Whether an event is of those an endpoint asks for, whenever it happened. No endpoint hears of itself. */
export function wants(endpoint: EndpointRow, event: RecordedEvent): boolean {
  return (
    endpoint.organizationId === event.organizationId &&
    endpoint.deletedAt === null &&
    endpoint.id !== event.stream &&
    isSubscribed(endpoint, event.type) &&
    passesFilters(endpoint.filters, event)
  );
}

export function enqueuedEventOf(event: RecordedEvent): EnqueuedEvent {
  const { stream, seq, id, type, recordedAt, data } = event;
  return { stream, seq, eventId: id, type, recordedAt, data };
}

/** Whether the endpoint's profile can speak of the type, and one of its subscriptions names it, under whatever name. */
function isSubscribed(endpoint: Pick<EndpointRow, "profile" | "events">, type: string): boolean {
  const { speaks, aliases } = profiles[endpoint.profile];
  if (!speaks.includes(type)) return false;
  return endpoint.events.some(
    (pattern) => matchesSubscription(pattern, type) || aliases[pattern]?.includes(type) === true,
  );
}
