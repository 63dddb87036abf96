import type { Statement } from "../db/client";
import type { within } from "../lib/deadline";
import type { EventsMessage } from "../queues/messages";
import {
  AT_ONCE,
  handOver,
  keepAllUndelivered,
  lastOfEach,
  listenerBatches,
  pendingQueries,
  tellListeners,
  type DrainDeps,
  type Pending,
} from "./drain";
import { fanOut, type ObjectBatch } from "./fan-out";
import { writeDrained } from "../events";

// Events are handed over by the consumer that wrote them, which saves the way through a queue. It waits for the objects
// only a moment: what takes longer is left to the queue, so that a slow object delays no merge
// (docs/understand/adr/0033-drained-in-place.md).

/** How long a consumer waits for all objects together, in milliseconds. */
export const IN_PLACE = 250;
/** Calls to objects at once. An organization that needs more is left to the queue. */
const MOST_CALLS = 50;

/** `within` waits for a promise for so many milliseconds at most. */
export type DrainInPlaceDeps = DrainDeps & { within: typeof within };

/**
 * What is to be read at the end of the batch that writes events of these streams, and the hand-over of what was found.
 * It gives the streams of which something is left: those need a nudge. `goingOn`: the streams of which more is written
 * in a moment (docs/understand/adr/0055-a-mark-stays-while-more-is-due.md). Throws only when the database does.
 */
export function drainInPlace(deps: DrainInPlaceDeps, streams: readonly EventsMessage[]) {
  return {
    queries: pendingQueries(streams, deps.now()),
    handOver: (pending: Pending, goingOn: ReadonlySet<string>) => handOverAll(deps, streams, pending, goingOn),
  };
}

async function handOverAll(
  deps: DrainInPlaceDeps,
  streams: readonly EventsMessage[],
  [events, subscribers, waiting, listened]: Pending,
  goingOn: ReadonlySet<string>,
): Promise<EventsMessage[]> {
  const { db, endpoints, now, within } = deps;
  if (events.length === 0) return [];
  const { taken, left } = mostOf(fanOut(events, subscribers, waiting));
  const open = new Set(left.flatMap(streamsOf));
  const listening = Promise.all(
    listenerBatches(events, listened).map(async (batch) => {
      const end = await within(IN_PLACE, tellListeners(deps, batch));
      // The queue hands these over again, and the stream drops what it has.
      if (end.expired || end.value !== undefined) for (const { stream } of batch.events) open.add(stream);
    }),
  );
  const refused = await Promise.all(
    taken.map(async (batch): Promise<Statement[]> => {
      const end = await within(IN_PLACE, handOver(endpoints, batch));
      if (end.expired) for (const stream of streamsOf(batch)) open.add(stream);
      return end.expired || end.value === undefined ? [] : [keepAllUndelivered(db, batch, end.value, now())];
    }),
  );
  await listening;
  const drained = [...lastOfEach(events)].filter(([stream]) => !open.has(stream));
  await writeDrained(db, new Map(drained), { alongside: refused.flat(), goingOn });
  // The read was cut somewhere in its last stream.
  const cut = events.length === AT_ONCE ? events.at(-1)?.stream : undefined;
  return streams.filter(({ stream }) => open.has(stream) || (cut !== undefined && stream >= cut));
}

/** The batches of as many organizations as may be handed over at once, and the others. */
function mostOf(batches: readonly ObjectBatch[]): { taken: ObjectBatch[]; left: ObjectBatch[] } {
  const byOrganization = new Map<string, ObjectBatch[]>();
  for (const batch of batches) {
    const { organizationId } = batch.config;
    byOrganization.set(organizationId, [...(byOrganization.get(organizationId) ?? []), batch]);
  }
  const taken: ObjectBatch[] = [];
  const left: ObjectBatch[] = [];
  for (const group of byOrganization.values())
    (taken.length + group.length <= MOST_CALLS ? taken : left).push(...group);
  return { taken, left };
}

function streamsOf({ events }: ObjectBatch): string[] {
  return events.map(({ stream }) => stream);
}
