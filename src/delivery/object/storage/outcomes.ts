import type { AttemptLogEntry } from "../../contract";
import type { DeliveryKey } from "../lanes";
import { briefly } from "./log";
import type { NewDelivery, Outcome } from "./deliveries";
import { MAX_BOUND, partsOf } from "./parts";

/** The number of attempts kept in a delivery's log. Beyond it the oldest go, except the very first. */
const MAX_LOGGED_ATTEMPTS = 20;

/**
 * A row holds at most 2 MB and the event may take 500 kB of it. The newest entry alone takes at most half of this
 * limit.
 */
const MAX_LOG_BYTES = 1024 * 1024;

/** An outcome of attempt number `attempts + 1` of a delivery. `unwritten`: what it is, where it has no row yet. */
export type AttemptOutcome = {
  key: DeliveryKey;
  attempts: number;
  deliveryId: string;
  outcome: Outcome;
  unwritten?: NewDelivery | undefined;
};

/**
 * Writes outcomes of attempts, each with its log. Gives the ids of the deliveries that were written: a row that changed
 * in the meantime is left as it is. First attempts that were taken, nearly all of them, share a statement: one for those
 * that have a row, and one for those that get theirs now. A delivery without a row must have been taken.
 */
export function recordOutcomes(sql: SqlStorage, given: readonly AttemptOutcome[]): Set<string> {
  const written = new Set<string>();
  const updated: Written[] = [];
  const inserted: Written[] = [];
  for (const one of given) {
    const { key, attempts, deliveryId, outcome, unwritten } = one;
    const log = attempts === 0 && outcome.state === "delivered" ? fitted([outcome.entry]) : undefined;
    if (unwritten && log === undefined) throw new Error("only what was taken gets its row with its outcome");
    if (log !== undefined && unwritten) {
      inserted.push({ row: rowOf(unwritten, outcome), log, size: log.length + unwritten.event.data.length });
    } else if (log === undefined || log.length > MAX_BOUND) {
      if (recordOutcome(sql, key, attempts, outcome)) written.add(deliveryId);
    } else {
      const { dueAt, finishedAt, entry } = outcome;
      const row = [key.stream, key.seq, key.replay, dueAt, finishedAt, entry.status];
      updated.push({ row, log, size: log.length });
    }
  }
  for (const part of partsOf(updated, boundBy)) for (const id of recordTaken(sql, part)) written.add(id);
  for (const part of partsOf(inserted, boundBy)) for (const id of insertTaken(sql, part)) written.add(id);
  return written;
}

/** The values of a row without its log, and the log, which is JSON already: as a member it is not written out again. */
type Written = { row: readonly unknown[]; log: string; size: number };

const boundBy = ({ size }: Written): number => size;

function listOf(part: readonly Written[]): string {
  return `[${part.map(({ row, log }) => `[${JSON.stringify(row).slice(1, -1)},${log}]`).join(",")}]`;
}

function rowOf({ event, replay, arrival, deliveryId, now }: NewDelivery, { dueAt, finishedAt, entry }: Outcome) {
  const { stream, seq, eventId, type, recordedAt, data } = event;
  return [
    stream,
    seq,
    replay,
    dueAt,
    arrival,
    now,
    finishedAt,
    entry.status,
    deliveryId,
    eventId,
    type,
    recordedAt,
    data,
  ];
}

function insertTaken(sql: SqlStorage, part: readonly Written[]): string[] {
  const ids = sql.exec<{ delivery_id: string }>(
    `INSERT OR IGNORE INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, finished_at,
       status, stripped, delivery_id, event_id, type, recorded_at, data, log)
     SELECT value ->> 0, value ->> 1, value ->> 2, 'delivered', NULL, 1, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
       value ->> 7, 0, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value -> 13
     FROM json_each(?)
     WHERE NOT EXISTS (SELECT 1 FROM erased WHERE stream = value ->> 0)
     RETURNING delivery_id`,
    listOf(part),
  );
  return [...ids].map(({ delivery_id: id }) => id);
}

function recordTaken(sql: SqlStorage, part: readonly Written[]): string[] {
  const ids = sql.exec<{ delivery_id: string }>(
    // CROSS JOIN's order, spelled for an UPDATE: the rows are looked up by their key, one for each outcome.
    `UPDATE deliveries SET state = 'delivered', open = NULL, attempts = 1, due_at = given.due_at,
       finished_at = given.finished_at, status = given.status, log = given.log
     FROM (SELECT value ->> 0 AS stream, value ->> 1 AS seq, value ->> 2 AS replay, value ->> 3 AS due_at,
         value ->> 4 AS finished_at, value ->> 5 AS status, value -> 6 AS log
       FROM json_each(?)) AS given
     WHERE deliveries.stream = given.stream AND deliveries.seq = given.seq AND deliveries.replay = given.replay
       AND deliveries.state = 'pending' AND deliveries.attempts = 0
     RETURNING delivery_id`,
    listOf(part),
  );
  return [...ids].map(({ delivery_id: id }) => id);
}

/** Writes the outcome and log of attempt number `attempts + 1`. False when the row changed in the meantime. */
function recordOutcome(sql: SqlStorage, key: DeliveryKey, attempts: number, outcome: Outcome): boolean {
  const log = attempts === 0 ? [] : readAttempts(sql, key);
  log.push(outcome.entry);
  if (log.length > MAX_LOGGED_ATTEMPTS) log.splice(1, log.length - MAX_LOGGED_ATTEMPTS);
  const closes = outcome.state !== "pending" && outcome.state !== "held";
  const { rowsWritten } = sql.exec(
    `UPDATE deliveries SET state = ?, ${closes ? "open = NULL," : ""} attempts = ?, due_at = ?, finished_at = ?, status = ?, log = ?
     WHERE stream = ? AND seq = ? AND replay = ? AND state = 'pending' AND attempts = ?`,
    outcome.state,
    attempts + 1,
    outcome.dueAt,
    outcome.finishedAt,
    outcome.entry.status,
    fitted(log),
    key.stream,
    key.seq,
    key.replay,
    attempts,
  );
  return rowsWritten > 0;
}

/**
 * The log as JSON that fits its row. The oldest entries lose their request and answer first. If the row were refused
 * for its size, the outcome would not be written and the delivery would be sent for ever.
 */
function fitted(log: readonly AttemptLogEntry[]): string {
  const texts = log.map((entry) => JSON.stringify(entry));
  // The usual case, a single attempt, needs no exact count: a UTF-16 unit takes at most three bytes of UTF-8.
  if (texts.length === 1 && texts[0]!.length * 3 <= MAX_LOG_BYTES) return `[${texts[0]}]`;
  const sizeOf = (text: string) => new TextEncoder().encode(text).length;
  let size = texts.reduce((sum, text) => sum + sizeOf(text), 0);
  for (const [index, entry] of log.slice(0, -1).entries()) {
    if (size <= MAX_LOG_BYTES) break;
    const brief = JSON.stringify(briefly(entry));
    size -= sizeOf(texts[index]!) - sizeOf(brief);
    texts[index] = brief;
  }
  return `[${texts.join(",")}]`;
}

function readAttempts(sql: SqlStorage, key: DeliveryKey): AttemptLogEntry[] {
  const [row] = sql
    .exec<{ log: string | null }>(
      "SELECT log FROM deliveries WHERE stream = ? AND seq = ? AND replay = ?",
      key.stream,
      key.seq,
      key.replay,
    )
    .toArray();
  return row?.log ? (JSON.parse(row.log) as AttemptLogEntry[]) : [];
}
