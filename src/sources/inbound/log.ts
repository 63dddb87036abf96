import { sql } from "drizzle-orm";
import { insertRow, type RowWrite } from "../../db/rows";
import { valueList } from "../../db/value-list";
import { calls, inbound, type InboundOutcome } from "../../db/schema";
import { HOUR, DAY } from "../../lib/time";
import type { IngestMessage } from "../../queues/messages";
import { firstInboundIdAt } from "./request";
import { type Database, type Statement, changesOf, runBatch } from "../../db/client";

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
 * The writes that log requests. The first entry stays, so a redelivered message changes nothing; a replay, which
 * exists to change the outcome, overwrites it. What comes from senders who proved nothing is logged up to a number an
 * hour.
 */
export function logInbound(entries: readonly InboundEntry[]): RowWrite[] {
  const unproven = new Map<string, number>();
  return entries.map((entry) => {
    const { replay, proven, organizationId } = entry.message;
    if (replay) return relogInbound(entry);
    if (proven !== false) return insertRow(inbound, rowOf(entry));
    const sort = `${organizationId} ${entry.outcome}`;
    const before = unproven.get(sort) ?? 0;
    unproven.set(sort, before + 1);
    return logUnproven(entry, before);
  });
}

/** The write that logs a request or, where it is logged, changes what became of it: for replays and dead letters. */
export function relogInbound(entry: InboundEntry): RowWrite {
  return insertRow(
    inbound,
    rowOf(entry),
    sql`TRUE`,
    sql`ON CONFLICT (organization_id, id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
      call_id = coalesce(excluded.call_id, call_id)`,
  );
}

/** `before` of the same sort come first in the same statement, which does not see them. */
function logUnproven(entry: InboundEntry, before: number): RowWrite {
  const { organizationId, receivedAt } = entry.message;
  const most = sql.raw(String(organizationId === "" ? UNOWNED_PER_HOUR : UNPROVEN_PER_HOUR));
  // The partial index can be taken only where its condition stands in the query, word for word.
  const known = sql`
    SELECT 1 FROM ${inbound} AS known INDEXED BY inbound_exceptions
    WHERE known.organization_id = ${organizationId} AND known.outcome = ${entry.outcome} AND known.outcome <> 'accepted'
      AND known.id >= ${firstInboundIdAt(receivedAt - HOUR)}
    LIMIT ${most}`;
  return insertRow(inbound, rowOf(entry), sql`(SELECT count(*) FROM (${known})) + ${before} < ${most}`);
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

/**
 * Statement that marks the requests of calls that leave quarantine as accepted, guarded by the call version that leaves
 * it. One statement for all of them, because finding the requests reads all waiting ones of the organization.
 */
export function acceptReleased(
  db: Database,
  released: readonly Pick<typeof calls.$inferSelect, "id" | "organizationId" | "writer">[],
): Statement[] {
  if (released.length === 0) return [];
  const organizations = valueList(released.map((call) => call.organizationId));
  const versions = JSON.stringify(released.map((call) => [call.id, call.writer]));
  return [
    // The first literal is the partial index's own condition; SQLite would prefer the table's key without it.
    db.run(sql`UPDATE ${inbound} INDEXED BY inbound_exceptions SET outcome = 'accepted', reason = NULL
      WHERE outcome <> 'accepted' AND outcome = 'quarantined'
        AND organization_id IN ${organizations}
        AND call_id IN (SELECT seen.id FROM json_each(${versions}) AS given
          JOIN calls AS seen ON seen.id = given.value ->> 0 AND seen.writer = given.value ->> 1)`),
  ];
}

/** How long requests that belong to no organization stay in the admin's log. */
export const KEEP_UNOWNED = 7 * DAY;

/** Deletes at most `limit` unowned requests that are past their time, oldest first. Returns how many. */
export async function forgetUnowned(db: Database, now: number, limit: number): Promise<number> {
  const [deleted] = await runBatch(db, [
    db.run(sql`
      DELETE FROM ${inbound} WHERE organization_id = '' AND id IN (
        SELECT id FROM ${inbound} WHERE organization_id = '' AND id < ${firstInboundIdAt(now - KEEP_UNOWNED)}
        ORDER BY id LIMIT ${limit})`),
  ]);
  return changesOf(deleted);
}
