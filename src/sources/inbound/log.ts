import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { calls, inbound, type InboundOutcome } from "../../db/schema";
import { HOUR } from "../../lib/time";
import type { IngestMessage } from "../../queues/messages";
import { firstInboundIdAt } from "./id";

/** An inbound request with what became of it. */
export type InboundEntry = {
  message: IngestMessage;
  outcome: InboundOutcome;
  reason: string | null;
  callId: string | null;
};

/**
 * Refusals in an organization's log in an hour, beyond which no unproven sender adds one, however many isolates there
 * are.
 */
export const UNPROVEN_PER_HOUR = 100;
/** The same for the unowned requests, which are swept. */
export const UNOWNED_PER_HOUR = 300;

/**
 * A statement that logs a request. The first entry stays, so a redelivered message changes nothing; a replay, which
 * exists to change the outcome, overwrites it. What comes from senders who proved nothing is logged up to a number an
 * hour.
 */
export function logInbound(db: Database, entry: InboundEntry): Statement {
  if (entry.message.replay) return relogInbound(db, entry);
  return entry.message.proven === false ? logUnproven(db, entry) : insert(db, entry).onConflictDoNothing();
}

/** A statement that logs a request or, where it is logged, changes what became of it: for replays and dead letters. */
export function relogInbound(db: Database, entry: InboundEntry): Statement {
  const { outcome, reason, callId } = rowOf(entry);
  return insert(db, entry).onConflictDoUpdate({
    target: [inbound.organizationId, inbound.id],
    set: { outcome, reason, callId: callId ?? sql`call_id` },
  });
}

function logUnproven(db: Database, entry: InboundEntry): Statement {
  const { organizationId, receivedAt } = entry.message;
  const most = organizationId === "" ? UNOWNED_PER_HOUR : UNPROVEN_PER_HOUR;
  const row: Record<string, unknown> = rowOf(entry);
  const values = Object.entries(getTableColumns(inbound)).map(([name, column]) => {
    const value = row[name];
    return is(value, SQL) ? value : sql.param(value, column);
  });
  // The partial index can be taken only where its condition stands in the query, word for word.
  const known = sql`
    SELECT 1 FROM ${inbound} AS known INDEXED BY inbound_exceptions
    WHERE known.organization_id = ${organizationId} AND known.outcome = ${entry.outcome} AND known.outcome <> 'accepted'
      AND known.id >= ${firstInboundIdAt(receivedAt - HOUR)}
    LIMIT ${most}`;
  return db
    .insert(inbound)
    .select(sql`SELECT ${sql.join(values, sql`, `)} WHERE (SELECT count(*) FROM (${known})) < ${most}`)
    .onConflictDoNothing();
}

function insert(db: Database, entry: InboundEntry) {
  return db.insert(inbound).values(rowOf(entry));
}

/** Somebody may have chosen the campaign since it was found missing, and found no row here to call accepted. */
function unlessReleased({ outcome, reason, callId }: InboundEntry) {
  if (outcome !== "quarantined" || callId === null) return { outcome, reason };
  const released = sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${callId} AND quarantine IS NULL)`;
  return {
    outcome: sql<InboundOutcome>`iif(${released}, 'accepted', ${outcome})`,
    reason: sql<string | null>`iif(${released}, NULL, ${reason})`,
  };
}

function rowOf(entry: InboundEntry) {
  const { message, callId } = entry;
  return {
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
    ...unlessReleased(entry),
    status: message.status,
    callId,
    replays: 0,
  };
}
