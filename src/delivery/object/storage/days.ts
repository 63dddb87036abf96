import { DAY, HOUR, MINUTE } from "../../../lib/time";
import { CURRENT, deliveriesTable, INDEXES } from "./migrate";

// Deliveries are in one table a day. The current one has the name `deliveries` and all open deliveries. Once a day it is
// renamed, its open rows move to a new one, and a table past its retention is dropped whole: deletion row by row would
// be billed like the insert (docs/understand/adr/0034-a-table-a-day.md).

/** A table of deliveries. All its closed rows ended between `openedAt` and `closedAt`, both in milliseconds. */
export type DayTable = {
  name: string;
  /** 0 when unknown: the table of an object that is older than the tables by day. */
  openedAt: number;
  /** Infinity for the current table. */
  closedAt: number;
  /** No row was enqueued before `oldest` or after `newest`. */
  oldest: number;
  newest: number;
  /** Whether a delivery in it was parked or skipped. */
  hasGaps: boolean;
  /** What was removed from all its rows, as in the column `stripped`. */
  stripped: number;
};

/** With more open deliveries than this, which would all have to move, the current table is kept. */
export const MAX_MOVED = 5_000;

/** The clocks of D1, which stamps events, and of this machine may differ by this much. */
const CLOCK_MARGIN = HOUR;

/** The clocks of two machines that run an object one after the other may differ by this much. */
const SKEW = MINUTE;

type Row = {
  number: number;
  opened_at: number;
  closed_at: number | null;
  oldest: number;
  has_gaps: number;
  stripped: number;
};

/** All tables of deliveries, the current one first, then the newest. */
export function readTables(sql: SqlStorage): DayTable[] {
  return sql.exec<Row>("SELECT * FROM days ORDER BY number DESC").toArray().map(tableOf);
}

/** The earlier tables that may hold a delivery of an event recorded at `recordedAt`. */
export function tablesSince(sql: SqlStorage, recordedAt: number): DayTable[] {
  // An event is recorded before it is enqueued, so it is in no table that was closed before.
  return sql
    .exec<Row>("SELECT * FROM days WHERE closed_at >= ? ORDER BY number DESC", recordedAt - CLOCK_MARGIN)
    .toArray()
    .map(tableOf);
}

/** The earlier tables in which a delivery was parked or skipped. */
export function tablesWithGaps(sql: SqlStorage): DayTable[] {
  return sql.exec<Row>("SELECT * FROM days INDEXED BY days_with_gaps WHERE has_gaps = 1").toArray().map(tableOf);
}

/**
 * Closes the current table when it is a day old, and moves its open deliveries to a new one. Leaves it when nothing in
 * it is closed, or too much is open.
 */
export function startDay(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage;
  const current = sql.exec<Row>("SELECT * FROM days WHERE closed_at IS NULL").one();
  if (now - current.opened_at < DAY || hasManyOpen(sql) || !hasClosedIn(sql, CURRENT)) return;
  storage.transactionSync(() => {
    const closed = `${CURRENT}_${current.number}`;
    const open = `FROM ${closed} INDEXED BY deliveries_open WHERE open = 1`;
    sql.exec(`ALTER TABLE ${CURRENT} RENAME TO ${closed}`);
    sql.exec(deliveriesTable(CURRENT));
    const { oldest } = sql.exec<{ oldest: number | null }>(`SELECT min(enqueued_at) AS oldest ${open}`).one();
    sql.exec(`INSERT INTO ${CURRENT} SELECT * ${open}`);
    sql.exec(`DELETE ${open}`);
    const givenUp = `FROM ${closed} INDEXED BY deliveries_given_up WHERE state IN ('parked', 'skipped')`;
    const hasGaps = sql.exec(`SELECT 1 ${givenUp} LIMIT 1`).toArray().length;
    sql.exec("DROP INDEX deliveries_open; DROP INDEX deliveries_given_up;");
    sql.exec(INDEXES);
    sql.exec("UPDATE days SET closed_at = ?, has_gaps = ? WHERE number = ?", now, hasGaps, current.number);
    sql.exec("INSERT INTO days (opened_at, oldest) VALUES (?, ?)", now, Math.min(now, oldest ?? now));
  });
}

/** Drops an earlier table with all its deliveries. */
export function dropTable(sql: SqlStorage, { name }: DayTable): void {
  if (name === CURRENT) return;
  sql.exec(`DROP TABLE IF EXISTS ${name}`);
  sql.exec("DELETE FROM days WHERE number = ?", numberOf(name));
}

/** Records that `what` was removed from every row of an earlier table. */
export function markStripped(sql: SqlStorage, { name }: DayTable, what: number): void {
  sql.exec("UPDATE days SET stripped = stripped | ? WHERE number = ?", what, numberOf(name));
}

/** Whether more deliveries are open than move to the next table. */
export function hasManyOpen(sql: SqlStorage): boolean {
  const open = sql.exec(`SELECT 1 FROM deliveries INDEXED BY deliveries_open WHERE open = 1 LIMIT ${MAX_MOVED + 1}`);
  return open.toArray().length > MAX_MOVED;
}

/** Whether a table has a closed delivery. */
export function hasClosedIn(sql: SqlStorage, table: string): boolean {
  return sql.exec(`SELECT 1 FROM ${table} WHERE open IS NULL LIMIT 1`).toArray().length > 0;
}

function tableOf(row: Row): DayTable {
  return {
    name: row.closed_at === null ? CURRENT : `${CURRENT}_${row.number}`,
    openedAt: row.opened_at,
    closedAt: row.closed_at ?? Infinity,
    oldest: row.oldest - SKEW,
    newest: (row.closed_at ?? Infinity) + SKEW,
    hasGaps: row.has_gaps === 1,
    stripped: row.stripped,
  };
}

function numberOf(name: string): number {
  return Number(name.slice(CURRENT.length + 1));
}
