import { and, eq } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { undelivered } from "../db/schema";
import {
  dueHeld,
  endpointConfigOf,
  enqueuedEventOf,
  heldEvents,
  hears,
  postponeHeld,
  readEndpoint,
  releaseHeld,
  type EndpointObjects,
} from "../delivery";

const AT_ONCE = 100;

/** Offers what objects would not take to them again, in order, and lets go of what they take. */
export async function retryHeld(db: Database, objects: EndpointObjects, now: number): Promise<void> {
  for (const held of await dueHeld(db, now, AT_ONCE)) {
    const endpoint = await readEndpoint(db, { organizationId: held.organizationId, id: held.endpointId });
    if (!endpoint.ok) {
      await db
        .delete(undelivered)
        .where(and(eq(undelivered.endpointId, held.endpointId), eq(undelivered.stream, held.stream)));
      continue;
    }
    const events = await heldEvents(db, held);
    const heard = events.filter((event) => hears({ ...endpoint.value, active: true }, event)).map(enqueuedEventOf);
    let outcome: Statement[];
    try {
      if (heard.length > 0) await objects.enqueue(endpointConfigOf(endpoint.value), heard);
      outcome = releaseHeld(db, held, events.at(-1)?.seq ?? held.fromSeq);
    } catch (cause) {
      outcome = [postponeHeld(db, held, now, String(cause))];
    }
    await runBatch(db, outcome);
  }
}
