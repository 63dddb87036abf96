import { runBatch, type Database, type Statement } from "../db/client";
import { batchByObject, receives, type ObjectBatch, type UndeliveredRow } from "./fan-out";
import {
  dueUndelivered,
  endpointsWithDue,
  forgetUndelivered,
  undeliveredEvents,
  postponeUndelivered,
  releaseUndelivered,
} from "./undelivered";
import { readEndpoint, type EndpointRow } from "./endpoints";
import { type EndpointObjects } from "./object/client";
import { SECOND, type Clock } from "../lib/time";

const ENDPOINTS_AT_ONCE = 50;
const STREAMS_AT_ONCE = 100;
const EVENTS_AT_ONCE = 1_000;

/** After this long, in milliseconds, the rest is left to the next minute's sweep. */
const MAX_RUN = 20 * SECOND;

/** Offers undelivered events to their objects again, in order, and removes what they take. */
export async function retryUndelivered(db: Database, objects: EndpointObjects, now: Clock): Promise<void> {
  const leaveAt = now() + MAX_RUN;
  const due = await endpointsWithDue(db, now(), ENDPOINTS_AT_ONCE);
  const ends = await Promise.allSettled(
    due.map(async ({ endpointId: id, organizationId }) => {
      const endpoint = await readEndpoint(db, { organizationId, id });
      if (!endpoint.ok) return void (await runBatch(db, [forgetUndelivered(db, id)]));
      while (now() < leaveAt && (await offerUndelivered(db, objects, endpoint.value, now()))) continue;
    }),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * One round for one endpoint. Gives whether another round may find more: everything was taken and the page was full.
 */
async function offerUndelivered(
  db: Database,
  objects: EndpointObjects,
  endpoint: EndpointRow,
  now: number,
): Promise<boolean> {
  const waiting = await dueUndelivered(db, endpoint.id, now, STREAMS_AT_ONCE);
  if (waiting.length === 0) return false;
  const events = await undeliveredEvents(db, waiting, EVENTS_AT_ONCE);
  // Events recorded while the endpoint was inactive are not delivered; undelivered ones from before that are.
  const heard = events.filter((event) => receives({ ...endpoint, active: true }, event));
  const offers = await Promise.all(batchByObject(endpoint, heard).map((batch) => offer(objects, batch)));

  const readTo = new Map(events.map(({ stream, seq }) => [stream, seq]));
  const refusals = new Map<string, { seq: number; reason: string }>();
  for (const { refused, reason } of offers) {
    for (const { stream, seq } of refused) if (!refusals.has(stream)) refusals.set(stream, { seq, reason });
  }
  const wasCut = events.length === EVENTS_AT_ONCE;
  // A row whose events did not fit into this read is handled in the next round.
  const looked = waiting.filter((row) => readTo.has(row.stream) || !wasCut);
  await runBatch(
    db,
    looked.flatMap((row) => settle(db, row, readTo.get(row.stream), refusals.get(row.stream), now)),
  );
  return refusals.size === 0 && (wasCut || waiting.length === STREAMS_AT_ONCE);
}

/** Removes what was taken of an undelivered stream, and postpones what was refused. */
function settle(
  db: Database,
  row: UndeliveredRow,
  readTo: number | undefined,
  refusal: { seq: number; reason: string } | undefined,
  now: number,
): Statement[] {
  const taken = refusal ? refusal.seq - 1 : (readTo ?? row.fromSeq);
  return [
    ...(taken >= row.fromSeq ? releaseUndelivered(db, row, taken) : []),
    ...(refusal ? [postponeUndelivered(db, row, now, refusal.reason)] : []),
  ];
}

/** The refused events, from the first refused one on, and the reason. A full object gets as many as it has room for. */
async function offer(
  objects: EndpointObjects,
  { object, config, events }: ObjectBatch,
): Promise<{ refused: ObjectBatch["events"]; reason: string }> {
  try {
    const { refused } = await objects.enqueue(object, config, events);
    if (refused !== "full") return { refused: [], reason: "" };
  } catch (cause) {
    return { refused: events, reason: String(cause) };
  }
  if (events.length === 1) return { refused: events, reason: "full" };
  const middle = Math.ceil(events.length / 2);
  const first = await offer(objects, { object, config, events: events.slice(0, middle) });
  if (first.refused.length > 0) return { ...first, refused: [...first.refused, ...events.slice(middle)] };
  return offer(objects, { object, config, events: events.slice(middle) });
}
