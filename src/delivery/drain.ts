import { runBatch, type Database, type Statement } from "../db/client";
import { fanOut, type ObjectBatch } from "./fan-out";
import { undeliveredOf, keepUndelivered, subscribersOf, type UndeliveredStream } from "./undelivered";
import { type EndpointObjects } from "./object/client";
import { markDrained, pendingEvents } from "../events";
import type { EventsMessage } from "../queues/messages";

/** Events in memory at a time: one may take 256 kB, an isolate has 128 MB. */
const AT_ONCE = 200;

export type DrainDeps = { db: Database; endpoints: EndpointObjects; now(): number };

/**
 * Sends every pending event of the streams to the objects of the endpoints that receive it. A drain always takes all
 * pending events of a stream, in order, whichever message started it, so that a reordered queue cannot reorder
 * deliveries. One read, one call per object, one write. The drained mark moves only after every object has answered;
 * what an object does not take is kept as undelivered for that object alone.
 */
export async function drainStreams(
  { db, endpoints, now }: DrainDeps,
  messages: readonly EventsMessage[],
): Promise<void> {
  const streams = [...new Set(messages.map((message) => message.stream))];
  const organizations = [...new Set(messages.map((message) => message.organizationId))];
  while ((await drainSome({ db, endpoints, now }, streams, organizations)) === AT_ONCE);
}

/** Drains the first pending events. Gives how many there were. */
async function drainSome(
  { db, endpoints, now }: DrainDeps,
  streams: readonly string[],
  organizations: readonly string[],
): Promise<number> {
  const [pending, subscribers, waiting] = await db.batch([
    pendingEvents(db, streams).limit(AT_ONCE),
    subscribersOf(db, organizations),
    undeliveredOf(db, streams),
  ]);
  if (pending.length === 0) return 0;
  const refused = await Promise.all(
    fanOut(pending, subscribers, waiting).map(async (batch) => {
      const reason = await handOver(endpoints, batch);
      return reason === undefined ? [] : [keepAllUndelivered(db, batch, reason, now())];
    }),
  );
  const drained = new Map(pending.map((event) => [event.stream, event.seq]));
  await runBatch(db, [...refused.flat(), ...markDrained(db, drained)]);
  return pending.length;
}

/** Why the object did not take the events; undefined when it did, or when its endpoint is deleted. */
async function handOver(
  endpoints: EndpointObjects,
  { object, config, events }: ObjectBatch,
): Promise<string | undefined> {
  try {
    const { refused } = await endpoints.enqueue(object, config, events);
    return refused === "full" ? refused : undefined;
  } catch (cause) {
    return String(cause);
  }
}

/** One undelivered row for each stream of the batch. */
function keepAllUndelivered(db: Database, { config, events }: ObjectBatch, reason: string, now: number): Statement {
  const first = new Map<string, UndeliveredStream>();
  for (const { stream, seq } of events) if (!first.has(stream)) first.set(stream, { stream, fromSeq: seq });
  return keepUndelivered(db, config, [...first.values()], reason, now);
}
