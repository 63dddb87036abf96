import { sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { inbound, type InboundOutcome } from "../../db/schema";
import type { IngestMessage } from "../../queues/messages";

/** An inbound request with what became of it. */
export type InboundEntry = {
  message: IngestMessage;
  outcome: InboundOutcome;
  reason: string | null;
  callId: string | null;
};

/**
 * A statement that logs a request. The first word stands, so a redelivered message changes nothing; a replay, which
 * exists to change the outcome, overwrites it.
 */
export function logInbound(db: Database, entry: InboundEntry): Statement {
  if (entry.message.replay) return relogInbound(db, entry);
  return insert(db, entry).onConflictDoNothing();
}

/** A statement that logs a request or, where it is logged, changes what became of it: for replays and dead letters. */
export function relogInbound(db: Database, entry: InboundEntry): Statement {
  const { outcome, reason, callId } = entry;
  return insert(db, entry).onConflictDoUpdate({
    target: [inbound.organizationId, inbound.id],
    set: { outcome, reason, callId: callId ?? sql`call_id` },
  });
}

function insert(db: Database, { message, outcome, reason, callId }: InboundEntry) {
  return db.insert(inbound).values({
    organizationId: message.organizationId,
    id: message.id,
    sourceId: message.sourceId,
    sourceKind: message.sourceKind,
    receivedAt: message.receivedAt,
    path: message.path,
    form: message.form,
    headers: message.headers,
    // Bound as it is: drizzle's type of the column is Node's Buffer.
    body: sql`${message.body}`,
    bodyKey: message.bodyKey,
    bodySize: message.bodySize,
    outcome,
    reason,
    status: message.status,
    callId,
    replays: 0,
  });
}
