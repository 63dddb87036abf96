import type { Database, Statement } from "../db/client";
import { readTogether, rowsTogether } from "../db/read-together";
import { pendingEvents, writeDrained, type StreamEvent } from "../events";
import type { EventsMessage } from "../queues/messages";
import type { EndpointRow } from "./endpoints";
import { fanOut, type ObjectBatch, type UndeliveredRow } from "./fan-out";
import type { EndpointObjects } from "./object/client";
import { listenedTo, type EventStreams, type ListenedTo } from "./stream";
import { keepUndelivered, subscribersOf, undeliveredOf, type UndeliveredStream } from "./undelivered";

/** Events in memory at a time: one may take 256 kB, an isolate has 128 MB. */
export const AT_ONCE = 200;

/** `streams`: where events may be listened to as they happen. */
export type DrainDeps = {
  db: Database;
  endpoints: EndpointObjects;
  streams?: Pick<EventStreams, "publish">;
  now(): number;
};

/** What is pending on some streams, and who receives it: read at one moment, on the primary. */
export type Pending = [
  events: StreamEvent[],
  subscribers: EndpointRow[],
  undelivered: Pick<UndeliveredRow, "endpointId" | "stream">[],
  listenedTo: ListenedTo[],
];

/** The queries for what is pending on the streams. */
export function pendingQueries(messages: readonly EventsMessage[], now: number) {
  const streams = [...new Set(messages.map((message) => message.stream))];
  const organizations = [...new Set(messages.map((message) => message.organizationId))];
  return [
    pendingEvents(streams, AT_ONCE),
    subscribersOf(organizations),
    undeliveredOf(streams),
    listenedTo(organizations, now),
  ] as const;
}

/**
 * Sends every pending event of the streams to the objects of the endpoints that receive it. A drain always takes all
 * pending events of a stream, in order, whichever message started it, so that a reordered queue cannot reorder
 * deliveries. One read, one call per object, one write. The drained mark moves only after every object has answered;
 * what an object does not take is kept as undelivered for that object alone.
 */
export async function drainStreams(deps: DrainDeps, messages: readonly EventsMessage[]): Promise<void> {
  while ((await drainSome(deps, messages)) === AT_ONCE);
}

/** Drains the first pending events. Gives how many there were. */
async function drainSome(deps: DrainDeps, messages: readonly EventsMessage[]): Promise<number> {
  const { db, endpoints, now } = deps;
  const queries = pendingQueries(messages, now());
  const [pending, subscribers, waiting, listened] = rowsTogether(await readTogether(db, queries), queries);
  if (pending.length === 0) return 0;
  const listening = Promise.all(listenerBatches(pending, listened).map((batch) => tellListeners(deps, batch)));
  const refused = await Promise.all(
    fanOut(pending, subscribers, waiting).map(async (batch) => {
      const reason = await handOver(endpoints, batch);
      return reason === undefined ? [] : [keepAllUndelivered(db, batch, reason, now())];
    }),
  );
  for (const reason of await listening)
    if (reason !== undefined) console.error(JSON.stringify({ event: "listeners.missed", error: reason }));
  await writeDrained(db, lastOfEach(pending), { alongside: refused.flat() });
  return pending.length;
}

/** How far each stream is drained once these events are handed over. */
export function lastOfEach(pending: readonly StreamEvent[]): Map<string, number> {
  return new Map(pending.map((event) => [event.stream, event.seq]));
}

/** Why the object did not take the events; undefined when it did, or when its endpoint is deleted. Never throws. */
export async function handOver(
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

/** The events of one organization that somebody listens to. */
export type ListenerBatch = { organizationId: string; events: StreamEvent[] };

export function listenerBatches(events: readonly StreamEvent[], listened: readonly ListenedTo[]): ListenerBatch[] {
  return listened
    .map(({ organizationId }) => ({
      organizationId,
      events: events.filter((event) => event.organizationId === organizationId),
    }))
    .filter((batch) => batch.events.length > 0);
}

/** Why the stream did not take the events; undefined when it did. Never throws: no delivery waits for a listener. */
export async function tellListeners(
  { streams }: Pick<DrainDeps, "streams">,
  { organizationId, events }: ListenerBatch,
): Promise<string | undefined> {
  try {
    await streams?.publish(
      organizationId,
      events.map(({ stream, seq, id, type, recordedAt, data }) => ({ stream, seq, id, type, recordedAt, data })),
    );
    return undefined;
  } catch (cause) {
    return String(cause);
  }
}

/** One undelivered row for each stream of the batch. */
export function keepAllUndelivered(
  db: Database,
  { config, events }: ObjectBatch,
  reason: string,
  now: number,
): Statement {
  const first = new Map<string, UndeliveredStream>();
  for (const { stream, seq } of events) if (!first.has(stream)) first.set(stream, { stream, fromSeq: seq });
  return keepUndelivered(db, config, [...first.values()], reason, now);
}
