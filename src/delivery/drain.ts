import { runBatch, type Database, type Statement } from "../db/client";
import { fanOut, type Consignment } from "./fan-out";
import { undeliveredOf, keepUndelivered, subscribersOf, type UndeliveredStream } from "./undelivered";
import { type EndpointObjects } from "./object/client";
import { markDrained, pendingEvents } from "../events";
import type { EventsMessage } from "../queues/messages";

/** Events in memory at a time: one may take 256 kB, an isolate has 128 MB. */
const AT_ONCE = 200;

export type DrainDeps = { db: Database; endpoints: EndpointObjects; now(): number };

/**
 * Hands every pending event of the streams to the objects of the endpoints that hear it: all of a stream, in order,
 * whoever's nudge it was, so that a reordered queue cannot reorder deliveries. One read, one call per object, one write.
 * The mark moves only after every object has taken its part; what an object would not take is held back for it alone.
 */
export async function drainStreams(
  { db, endpoints, now }: DrainDeps,
  messages: readonly EventsMessage[],
): Promise<void> {
  const streams = [...new Set(messages.map((message) => message.stream))];
  const organizations = [...new Set(messages.map((message) => message.organizationId))];
  while ((await drainSome({ db, endpoints, now }, streams, organizations)) === AT_ONCE);
}

/** Drains the first events that are pending; gives how many there were. */
async function drainSome(
  { db, endpoints, now }: DrainDeps,
  streams: readonly string[],
  organizations: readonly string[],
): Promise<number> {
  const [pending, subscribers, held] = await db.batch([
    pendingEvents(db, streams).limit(AT_ONCE),
    subscribersOf(db, organizations),
    undeliveredOf(db, streams),
  ]);
  if (pending.length === 0) return 0;
  const refused = await Promise.all(
    fanOut(pending, subscribers, held).map(async (consignment) => {
      const reason = await handOver(endpoints, consignment);
      return reason === undefined ? [] : [keepAllUndelivered(db, consignment, reason, now())];
    }),
  );
  const drained = new Map(pending.map((event) => [event.stream, event.seq]));
  await runBatch(db, [...refused.flat(), ...markDrained(db, drained)]);
  return pending.length;
}

/** Why the object would not take the events, or undefined when it did (or is deleted, and nobody waits for them). */
async function handOver(
  endpoints: EndpointObjects,
  { object, config, events }: Consignment,
): Promise<string | undefined> {
  try {
    const { refused } = await endpoints.enqueue(object, config, events);
    return refused === "full" ? refused : undefined;
  } catch (cause) {
    return String(cause);
  }
}

/** One held row for each stream the object was to be told of. */
function keepAllUndelivered(db: Database, { config, events }: Consignment, reason: string, now: number): Statement {
  const first = new Map<string, UndeliveredStream>();
  for (const { stream, seq } of events) if (!first.has(stream)) first.set(stream, { stream, fromSeq: seq });
  return keepUndelivered(db, config, [...first.values()], reason, now);
}
