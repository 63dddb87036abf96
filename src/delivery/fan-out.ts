import type { undelivered } from "../db/schema";
import { matchesSubscription, type RecordedEvent } from "../events";
import type { EndpointConfig, EnqueuedEvent } from "./contract";
import { endpointConfigOf, type EndpointRow } from "./endpoints";
import { profiles } from "./profiles";

export type UndeliveredRow = typeof undelivered.$inferSelect;

/** What one endpoint's object is to be handed, in the order of each stream. */
export type Consignment = { config: EndpointConfig; events: EnqueuedEvent[] };

/**
 * Who is to hear of which events. `events` are in stream order. An endpoint hears what was recorded at or after its own
 * creation; events of a stream that waits in `held` for that endpoint queue behind it and are left out here. Pure.
 */
export function fanOut(
  events: readonly RecordedEvent[],
  subscribers: readonly EndpointRow[],
  held: readonly Pick<UndeliveredRow, "endpointId" | "stream">[],
): Consignment[] {
  const waiting = new Set(held.map(({ endpointId, stream }) => `${endpointId} ${stream}`));
  return subscribers
    .map((endpoint) => ({
      config: endpointConfigOf(endpoint),
      events: events
        .filter((event) => hears(endpoint, event) && !waiting.has(`${endpoint.id} ${event.stream}`))
        .map(enqueuedEventOf),
    }))
    .filter((consignment) => consignment.events.length > 0);
}

/** Whether an endpoint is to be told of an event at all. */
export function hears(endpoint: EndpointRow, event: RecordedEvent): boolean {
  return (
    endpoint.organizationId === event.organizationId &&
    endpoint.active &&
    endpoint.deletedAt === null &&
    endpoint.createdAt <= event.recordedAt &&
    endpoint.events.some((pattern) => matchesSubscription(pattern, event.type)) &&
    profiles[endpoint.profile].speaks(event.type)
  );
}

export function enqueuedEventOf(event: RecordedEvent): EnqueuedEvent {
  const { stream, seq, id, type, recordedAt, data } = event;
  return { stream, seq, eventId: id, type, recordedAt, data };
}
