import { runBatch, type Database, type Statement } from "../db/client";
import { fanOut, heldOf, holdBack, subscribersOf, type Consignment, type EndpointObjects } from "../delivery";
import { markDrained, pendingEvents } from "../events";
import type { EventsMessage } from "../queues/messages";

export type DrainParts = { db: Database; endpoints: EndpointObjects; now(): number };

/**
 * Hands every pending event of the streams to the objects of the endpoints that hear it: all of a stream, in order,
 * whoever's nudge it was, so that a reordered queue cannot reorder deliveries. One read, one call per object, one write.
 * The mark moves only after every object has taken its part; what an object would not take is held back for it alone.
 */
export async function drainStreams(
  { db, endpoints, now }: DrainParts,
  messages: readonly EventsMessage[],
): Promise<void> {
  const streams = [...new Set(messages.map((message) => message.stream))];
  const organizations = [...new Set(messages.map((message) => message.organizationId))];
  const [pending, subscribers, held] = await db.batch([
    pendingEvents(db, streams),
    subscribersOf(db, organizations),
    heldOf(db, streams),
  ]);
  if (pending.length === 0) return;
  const events = pending.map((row) => row.event);
  const failed = (
    await Promise.all(
      fanOut(events, subscribers, held).map(async (consignment) => {
        try {
          await endpoints.enqueue(consignment.config, consignment.events);
          return [];
        } catch (cause) {
          return heldStreams(db, consignment, String(cause), now());
        }
      }),
    )
  ).flat();
  const drained = new Map(events.map((event) => [event.stream, event.seq]));
  await runBatch(db, [...failed, ...[...drained].flatMap(([stream, seq]) => markDrained(db, stream, seq))]);
}

/** One held row for each stream the object was to be told of. */
function heldStreams(db: Database, { config, events }: Consignment, reason: string, now: number): Statement[] {
  const first = new Map<string, number>();
  for (const event of events) if (!first.has(event.stream)) first.set(event.stream, event.seq);
  return [...first].map(([stream, fromSeq]) =>
    holdBack(db, { endpointId: config.id, organizationId: config.organizationId, stream, fromSeq, reason }, now),
  );
}
