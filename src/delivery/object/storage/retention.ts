import type { AttemptLogEntry } from "../../contract";
import { DAY } from "../../../lib/time";

/** How long a closed delivery stays in the log, in milliseconds. */
export const KEEP_ROWS = 30 * DAY;

/** Rows per run. The daily deletion of a busy endpoint takes several runs. */
const AT_ONCE = 2_000;

const RESPONSES = 1;
const PAYLOADS = 2;

/**
 * Deletes rows past their retention. Removes payloads and response bodies that have a shorter retention from the
 * others. Gives whether there is more to do.
 */
export function applyRetention(sql: SqlStorage, keep: { payloads?: number; responses?: number }, now: number): boolean {
  const { rowsWritten } = sql.exec(
    `DELETE FROM deliveries WHERE (stream, seq, replay) IN
       (SELECT stream, seq, replay FROM deliveries WHERE open IS NULL AND finished_at < ? LIMIT ?)`,
    now - KEEP_ROWS,
    AT_ONCE,
  );
  sql.exec("DELETE FROM erased WHERE at < ?", now - KEEP_ROWS);
  const stripped =
    strip(sql, RESPONSES, now - (keep.responses ?? KEEP_ROWS)) +
    strip(sql, PAYLOADS, now - (keep.payloads ?? KEEP_ROWS));
  return rowsWritten >= AT_ONCE || stripped >= AT_ONCE;
}

/** Whether anything is stored that retention will remove. */
export function hasClosed(sql: SqlStorage): boolean {
  const kept = sql.exec("SELECT 1 FROM erased UNION ALL SELECT 1 FROM deliveries WHERE open IS NULL LIMIT 1");
  return kept.toArray().length > 0;
}

function strip(sql: SqlStorage, what: typeof RESPONSES | typeof PAYLOADS, before: number): number {
  const aged = sql
    .exec<{ stream: string; seq: number; replay: number; log: string | null }>(
      `SELECT stream, seq, replay, log FROM deliveries
       WHERE open IS NULL AND finished_at < ? AND stripped & ? = 0 LIMIT ?`,
      before,
      what,
      AT_ONCE,
    )
    .toArray();
  for (const { stream, seq, replay, log } of aged) {
    const attempts =
      log === null ? null : JSON.stringify((JSON.parse(log) as AttemptLogEntry[]).map((entry) => without(entry, what)));
    sql.exec(
      `UPDATE deliveries SET stripped = stripped | ?, log = ? ${what === PAYLOADS ? ", data = ''" : ""}
       WHERE stream = ? AND seq = ? AND replay = ?`,
      what,
      attempts,
      stream,
      seq,
      replay,
    );
  }
  return aged.length;
}

function without(entry: AttemptLogEntry, what: typeof RESPONSES | typeof PAYLOADS): AttemptLogEntry {
  if (what === PAYLOADS) return { ...entry, request: { ...entry.request, body: "" } };
  return { ...entry, response: entry.response && { ...entry.response, body: "" } };
}
