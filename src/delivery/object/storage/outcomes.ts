import type { AttemptLogEntry } from "../../contract";
import type { DeliveryKey } from "../lanes";
import { briefly } from "./log";
import type { Outcome } from "./deliveries";

/** The number of attempts kept in a delivery's log. Beyond it the oldest go, except the very first. */
const MAX_LOGGED_ATTEMPTS = 20;

/**
 * A row holds at most 2 MB and the event may take 500 kB of it. The newest entry alone takes at most half of this
 * limit.
 */
const MAX_LOG_BYTES = 1024 * 1024;

/** Characters of logs bound to one statement: a bound value may be 2 MB, and a character takes up to three bytes. */
const MAX_WRITTEN = 400_000;

/** An outcome of attempt number `attempts + 1` of a delivery. */
export type AttemptOutcome = { key: DeliveryKey; attempts: number; deliveryId: string; outcome: Outcome };

/**
 * Writes outcomes of attempts, each with its log. Gives the ids of the deliveries that were written: a row that changed
 * in the meantime is left as it is. First attempts that were taken, nearly all of them, share a statement.
 */
export function recordOutcomes(sql: SqlStorage, given: readonly AttemptOutcome[]): Set<string> {
  const written = new Set<string>();
  const together: { row: readonly unknown[]; log: string }[] = [];
  for (const one of given) {
    const { key, attempts, deliveryId, outcome } = one;
    const log = attempts === 0 && outcome.state === "delivered" ? fitted([outcome.entry]) : undefined;
    if (log === undefined || log.length > MAX_WRITTEN) {
      if (recordOutcome(sql, key, attempts, outcome)) written.add(deliveryId);
      continue;
    }
    const { dueAt, finishedAt, entry } = outcome;
    together.push({ row: [key.stream, key.seq, key.replay, dueAt, finishedAt, entry.status], log });
  }
  for (const part of partsOf(together)) for (const id of recordTaken(sql, part)) written.add(id);
  return written;
}

function recordTaken(sql: SqlStorage, part: readonly { row: readonly unknown[]; log: string }[]): string[] {
  // The log is JSON already: as a member of the row it is not written out a second time.
  const rows = part.map(({ row, log }) => `[${JSON.stringify(row).slice(1, -1)},${log}]`);
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
    `[${rows.join(",")}]`,
  );
  return [...ids].map(({ delivery_id: id }) => id);
}

function partsOf<T extends { log: string }>(given: readonly T[]): T[][] {
  const parts: T[][] = [];
  let size = Infinity;
  for (const one of given) {
    if (size + one.log.length > MAX_WRITTEN) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += one.log.length;
  }
  return parts;
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
