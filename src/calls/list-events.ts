import { and, asc, eq, gt } from "drizzle-orm";
import type { Database } from "../db/client";
import { events } from "../db/schema";
import type { RecordedEvent } from "../events";

/** Where a list goes on: after the event with this number. */
export type CallEventPosition = { seq: number };

/** What was told about a call, in the order it was told. A call that is not the organization's has nothing to tell. */
export async function listCallEvents(
  db: Database,
  query: { organizationId: string; callId: string; limit: number; after?: CallEventPosition },
): Promise<RecordedEvent[]> {
  return db
    .select()
    .from(events)
    .where(
      and(
        eq(events.stream, query.callId),
        eq(events.organizationId, query.organizationId),
        query.after && gt(events.seq, query.after.seq),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(query.limit);
}
