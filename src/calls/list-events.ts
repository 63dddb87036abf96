import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { events } from "../db/schema";
import type { RecordedEvent } from "../events";
import type { Within } from "../identity";
import { ofCallWithin } from "./within-reach";

/** The position of a page: after the event with this number. */
export type CallEventPosition = { seq: number };

/** The events of a call, in order. Empty for a call of another organization, or beyond reach. */
export async function listCallEvents(
  db: Database,
  query: Within & { callId: string; limit: number; after?: CallEventPosition },
): Promise<RecordedEvent[]> {
  return db
    .select()
    .from(events)
    .where(
      and(
        eq(events.stream, query.callId),
        eq(events.organizationId, query.organizationId),
        ofCallWithin(sql`${events.stream}`, query.reach),
        query.after && gt(events.seq, query.after.seq),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(query.limit);
}
