import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound, type InboundOutcome } from "../../db/schema";
import { newId } from "../../lib/id";
import { viewColumns, type InboundView } from "./view";

/** Every inbound id begins so; what follows sorts by time of arrival. */
export const INBOUND_PREFIX = "inb";
const TIME_CHARACTERS = INBOUND_PREFIX.length + 1 + 10;

/** Where a list goes on: after the request with this id. */
export type InboundPosition = { id: string };

export type InboundQuery = {
  organizationId: string;
  limit: number;
  after?: InboundPosition;
  outcome?: InboundOutcome;
  sourceId?: string;
  callId?: string;
  /** Arrived at or after, in milliseconds. */
  from?: number;
  /** Arrived before, in milliseconds. */
  until?: number;
};

/** The organization's logged requests, newest first, without their bodies. The primary key is the order and the time range. */
export async function listInbound(db: Database, query: InboundQuery): Promise<InboundView[]> {
  return db
    .select(viewColumns)
    .from(inbound)
    .where(
      and(
        eq(inbound.organizationId, query.organizationId),
        query.after && lt(inbound.id, query.after.id),
        query.from === undefined ? undefined : gte(inbound.id, firstIdAt(query.from)),
        query.until === undefined ? undefined : lt(inbound.id, firstIdAt(query.until)),
        query.outcome === undefined ? undefined : eq(inbound.outcome, query.outcome),
        query.sourceId === undefined ? undefined : eq(inbound.sourceId, query.sourceId),
        query.callId === undefined ? undefined : eq(inbound.callId, query.callId),
      ),
    )
    .orderBy(desc(inbound.id))
    .limit(query.limit);
}

// An id begins with its time, so a moment is a place among the ids.
function firstIdAt(milliseconds: number): string {
  return newId(INBOUND_PREFIX, milliseconds).slice(0, TIME_CHARACTERS);
}
