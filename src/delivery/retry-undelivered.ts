import { runBatch, type Database, type Statement } from "../db/client";
import { consign, hears, type Consignment, type UndeliveredRow } from "./fan-out";
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

/** After so long the rest is left to the next minute's sweep. */
const MAX_RUN = 20 * SECOND;

/** Offers what objects would not take to them again, in order, and lets go of what they take. */
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

/** One round for one endpoint. Gives whether another may bring more: all was taken, and there was as much as fits. */
async function offerUndelivered(
  db: Database,
  objects: EndpointObjects,
  endpoint: EndpointRow,
  now: number,
): Promise<boolean> {
  const held = await dueUndelivered(db, endpoint.id, now, STREAMS_AT_ONCE);
  if (held.length === 0) return false;
  const events = await undeliveredEvents(db, held, EVENTS_AT_ONCE);
  // What it missed while it was switched off stays missed; what was held back for it before that does not.
  const heard = events.filter((event) => hears({ ...endpoint, active: true }, event));
  const offers = await Promise.all(consign(endpoint, heard).map((consignment) => offer(objects, consignment)));

  const readTo = new Map(events.map(({ stream, seq }) => [stream, seq]));
  const refusals = new Map<string, { seq: number; reason: string }>();
  for (const { refused, reason } of offers) {
    for (const { stream, seq } of refused) if (!refusals.has(stream)) refusals.set(stream, { seq, reason });
  }
  const wasCut = events.length === EVENTS_AT_ONCE;
  // A row whose events were not read for want of room is looked at in the next round.
  const looked = held.filter((row) => readTo.has(row.stream) || !wasCut);
  await runBatch(
    db,
    looked.flatMap((row) => settle(db, row, readTo.get(row.stream), refusals.get(row.stream), now)),
  );
  return refusals.size === 0 && (wasCut || held.length === STREAMS_AT_ONCE);
}

/** Lets go of what was taken of a held stream, and puts off what was refused. */
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

/** What the object refused, from the first such event on, and why. One that is full takes as many as it has room for. */
async function offer(
  objects: EndpointObjects,
  { object, config, events }: Consignment,
): Promise<{ refused: Consignment["events"]; reason: string }> {
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
