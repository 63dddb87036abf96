import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { events } from "../db/schema";
import type { RecordedEvent } from "../events";
import type { Within } from "../identity";
import { ofCallWithin } from "./within-reach";

/** The position of a page: after the event with this number. */
export type CallEventPosition = { seq: number };

/**
 * The events of a call, in the order they were recorded where no other is given. Empty for a call of another organization, or
 * beyond reach.
 */
export async function listCallEvents(
  db: Database,
  query: Within & {
    callId: string;
    from?: number;
    to?: number;
    limit: number;
    after?: CallEventPosition;
    order?: Order;
  },
): Promise<RecordedEvent[]> {
  const { from, to, order = "ascending" } = query;
  return db
    .select()
    .from(events)
    .where(
      and(
        eq(events.stream, query.callId),
        eq(events.organizationId, query.organizationId),
        ofCallWithin(sql`${events.stream}`, query.reach),
        from === undefined ? undefined : gte(events.recordedAt, from),
        to === undefined ? undefined : lt(events.recordedAt, to),
        isAfter(events.seq, order, query.after?.seq),
      ),
    )
    .orderBy(inOrder(events.seq, order))
    .limit(query.limit);
}

/**
 * When a call ended, and whether it failed; undefined while it has not, or for whoever may not see it. Without what the event
 * told of it.
 */
export async function readCallEnd(
  db: Database,
  { organizationId, reach, callId }: Within & { callId: string },
): Promise<Pick<RecordedEvent, "type" | "recordedAt"> | undefined> {
  return db
    .select({ type: events.type, recordedAt: events.recordedAt })
    .from(events)
    .where(
      and(
        eq(events.stream, callId),
        eq(events.organizationId, organizationId),
        ofCallWithin(sql`${events.stream}`, reach),
        sql`${events.type} IN ('call.completed', 'call.failed')`,
      ),
    )
    .get();
}
