import type { AttemptLogEntry } from "../../contract";
import { DAY } from "../../../lib/time";
import { dropTable, hasClosedIn, hasManyOpen, markStripped, readTables, startDay, type DayTable } from "./days";
import { CURRENT } from "./migrate";

/** How long a closed delivery stays in the log, in milliseconds. Its table is dropped when its last one is that old. */
export const KEEP_ROWS = 30 * DAY;

/** A table that was in use for longer does not wait until all its rows are due. */
const LONGEST_DAY = 2 * DAY;

/** Rows changed one by one in a run. */
const AT_ONCE = 2_000;

const RESPONSES = 1;
const PAYLOADS = 2;

/**
 * Closes the table of a day that is over and drops those past their retention. Removes payloads and response bodies that
 * have a shorter retention from the others. Gives whether there is more to do.
 */
export function applyRetention(
  storage: DurableObjectStorage,
  keep: { payloads?: number; responses?: number },
  now: number,
): boolean {
  const { sql } = storage;
  startDay(storage, now);
  sql.exec("DELETE FROM erased WHERE at < ?", now - KEEP_ROWS);
  let changed = 0;
  for (const table of readTables(sql)) {
    if (table.closedAt < now - KEEP_ROWS) {
      dropTable(sql, table);
      continue;
    }
    const deleted = deleteFrom(sql, table, now);
    changed += deleted;
    if (deleted > 0 && sql.exec(`SELECT 1 FROM ${table.name} LIMIT 1`).toArray().length === 0) {
      dropTable(sql, table);
      continue;
    }
    changed += strip(sql, table, RESPONSES, keep.responses, now);
    changed += strip(sql, table, PAYLOADS, keep.payloads, now);
    if (changed >= AT_ONCE) return true;
  }
  return false;
}

/** Whether anything is stored that retention may remove. Behind a long backlog it is not worth a search. */
export function hasClosed(sql: SqlStorage): boolean {
  const kept = sql.exec("SELECT 1 FROM erased UNION ALL SELECT 1 FROM days WHERE closed_at IS NOT NULL LIMIT 1");
  return kept.toArray().length > 0 || hasManyOpen(sql) || hasClosedIn(sql, CURRENT);
}

/** Deletes rows one by one, from a table whose first rows would otherwise stay long after they are due. */
function deleteFrom(sql: SqlStorage, { name, openedAt, closedAt }: DayTable, now: number): number {
  const due = now - KEEP_ROWS;
  if (openedAt >= due || Math.min(closedAt, now) - openedAt <= LONGEST_DAY) return 0;
  return sql.exec(
    `DELETE FROM ${name} WHERE (stream, seq, replay) IN
       (SELECT stream, seq, replay FROM ${name} WHERE open IS NULL AND finished_at < ? LIMIT ${AT_ONCE})`,
    due,
  ).rowsWritten;
}

function strip(
  sql: SqlStorage,
  table: DayTable,
  what: typeof RESPONSES | typeof PAYLOADS,
  keep: number | undefined,
  now: number,
): number {
  const { name, openedAt, closedAt, stripped } = table;
  // What is kept as long as the row goes with its table: to remove it row by row would write each row once more.
  if (keep === undefined || keep >= KEEP_ROWS) return 0;
  const before = now - keep;
  if (openedAt >= before || (stripped & what) !== 0) return 0;
  const aged = sql
    .exec<{ stream: string; seq: number; replay: number; log: string | null }>(
      `SELECT stream, seq, replay, log FROM ${name}
       WHERE open IS NULL AND finished_at < ? AND stripped & ? = 0 LIMIT ${AT_ONCE}`,
      before,
      what,
    )
    .toArray();
  for (const { stream, seq, replay, log } of aged) {
    const attempts =
      log === null ? null : JSON.stringify((JSON.parse(log) as AttemptLogEntry[]).map((entry) => without(entry, what)));
    sql.exec(
      `UPDATE ${name} SET stripped = stripped | ?, log = ? ${what === PAYLOADS ? ", data = ''" : ""}
       WHERE stream = ? AND seq = ? AND replay = ?`,
      what,
      attempts,
      stream,
      seq,
      replay,
    );
  }
  if (closedAt < before && aged.length < AT_ONCE) markStripped(sql, table, what);
  return aged.length;
}

function without(entry: AttemptLogEntry, what: typeof RESPONSES | typeof PAYLOADS): AttemptLogEntry {
  if (what === PAYLOADS) return { ...entry, request: { ...entry.request, body: "" } };
  return { ...entry, response: entry.response && { ...entry.response, body: "" } };
}
