import type { AttemptLogEntry, DeliveryLogEntry, EndpointConfig, EnqueuedEvent, LogQuery } from "./contract";
import type { DeliveryKey, OpenDelivery } from "./lanes";

// The SQLite of one endpoint object. Rows written are the bill: a delivery costs its insert (row and index of open
// work), one update that holds outcome and log together, and its deletion when it has aged.

/** How many open deliveries are held in memory at a time; the rest wait in the table. */
export const WINDOW = 20_000;

/** Attempts kept in a delivery's log; the oldest in between go first. */
const MAX_LOGGED_ATTEMPTS = 20;

// The platform has no `PRAGMA user_version` here, so the number of steps taken is a row.
const MIGRATIONS = [
  `CREATE TABLE deliveries (
     stream TEXT NOT NULL, seq INTEGER NOT NULL, replay INTEGER NOT NULL, state TEXT NOT NULL,
     attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, enqueued_at INTEGER NOT NULL, finished_at INTEGER,
     delivery_id TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, recorded_at INTEGER NOT NULL,
     log TEXT, data TEXT NOT NULL,
     PRIMARY KEY (stream, seq, replay)
   ) WITHOUT ROWID;
   CREATE INDEX deliveries_open ON deliveries (replay, stream, seq) WHERE state = 'pending';
   CREATE TABLE endpoint (id INTEGER PRIMARY KEY, config TEXT NOT NULL);`,
];

export type DeliveryState = DeliveryLogEntry["state"];

export type StoredDelivery = {
  deliveryId: string;
  eventId: string;
  type: string;
  recordedAt: number;
  data: string;
};

export function migrateLedger(sql: SqlStorage): void {
  sql.exec("CREATE TABLE IF NOT EXISTS ledger_steps (step INTEGER PRIMARY KEY)");
  const taken = Number(sql.exec("SELECT count(*) AS taken FROM ledger_steps").one().taken);
  for (const [step, statements] of MIGRATIONS.entries()) {
    if (step < taken) continue;
    sql.exec(statements);
    sql.exec("INSERT INTO ledger_steps (step) VALUES (?)", step);
  }
}

export function readConfigRow(sql: SqlStorage): EndpointConfig | undefined {
  const [row] = sql.exec<{ config: string }>("SELECT config FROM endpoint WHERE id = 1").toArray();
  return row ? (JSON.parse(row.config) as EndpointConfig) : undefined;
}

export function writeConfigRow(sql: SqlStorage, config: EndpointConfig): void {
  sql.exec("INSERT OR REPLACE INTO endpoint (id, config) VALUES (1, ?)", JSON.stringify(config));
}

/** Adds a delivery; false when this object has seen it before: the insert is the deduplication. */
export function insertDelivery(
  sql: SqlStorage,
  event: EnqueuedEvent,
  replay: number,
  deliveryId: string,
  now: number,
): boolean {
  const { rowsWritten } = sql.exec(
    `INSERT OR IGNORE INTO deliveries (stream, seq, replay, state, attempts, due_at, enqueued_at, delivery_id, event_id,
       type, recorded_at, data) VALUES (?, ?, ?, 'pending', 0, ?, ?, ?, ?, ?, ?, ?)`,
    event.stream,
    event.seq,
    replay,
    now,
    now,
    deliveryId,
    event.eventId,
    event.type,
    event.recordedAt,
    event.data,
  );
  return rowsWritten > 0;
}

/** Open deliveries in lane order, whole lanes only, at most about `limit`; `complete` when there are no more. */
export function openDeliveries(sql: SqlStorage, limit: number): { open: OpenDelivery[]; complete: boolean } {
  const open = sql
    .exec<OpenRow>(
      `SELECT stream, seq, replay, attempts, due_at FROM deliveries INDEXED BY deliveries_open
       WHERE state = 'pending' ORDER BY replay, stream, seq LIMIT ?`,
      limit,
    )
    .toArray()
    .map(({ due_at: dueAt, ...key }) => ({ ...key, dueAt }));
  const last = open.at(-1);
  if (open.length < limit || !last) return { open, complete: true };
  const whole = open.filter(({ replay, stream }) => replay !== last.replay || stream !== last.stream);
  return { open: whole.length > 0 ? whole : open, complete: false };
}

/** The `seq` of the open delivery right before `key` in its lane, if there is one. */
export function previousOpen(sql: SqlStorage, key: DeliveryKey): number | undefined {
  const { seq } = sql
    .exec<{ seq: number | null }>(
      `SELECT max(seq) AS seq FROM deliveries INDEXED BY deliveries_open
       WHERE state = 'pending' AND replay = ? AND stream = ? AND seq < ?`,
      key.replay,
      key.stream,
      key.seq,
    )
    .one();
  return seq ?? undefined;
}

/** What an attempt needs, or undefined when the delivery is gone, closed, or further than `attempts`. */
export function readForAttempt(sql: SqlStorage, key: DeliveryKey, attempts: number): StoredDelivery | undefined {
  const [row] = sql
    .exec<DeliveryRow>(
      `SELECT delivery_id, event_id, type, recorded_at, data FROM deliveries
       WHERE stream = ? AND seq = ? AND replay = ? AND state = 'pending' AND attempts = ?`,
      key.stream,
      key.seq,
      key.replay,
      attempts,
    )
    .toArray();
  return (
    row && {
      deliveryId: row.delivery_id,
      eventId: row.event_id,
      type: row.type,
      recordedAt: row.recorded_at,
      data: row.data,
    }
  );
}

/** The run of parked deliveries right before `key` in its lane: the gap its receiver is told of. */
export function gapBefore(sql: SqlStorage, key: DeliveryKey): { from: number; to: number } | null {
  const parked: number[] = [];
  const before = sql.exec<{ seq: number; state: string }>(
    "SELECT seq, state FROM deliveries WHERE stream = ? AND replay = ? AND seq < ? ORDER BY seq DESC",
    key.stream,
    key.replay,
    key.seq,
  );
  for (const { seq, state } of before) {
    if (state !== "parked") break;
    parked.push(seq);
  }
  const [to] = parked;
  const from = parked.at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}

/** Writes the outcome of attempt number `attempts + 1` and its log in one row; false if the row moved on meanwhile. */
export function recordOutcome(
  sql: SqlStorage,
  key: DeliveryKey,
  attempts: number,
  outcome: { state: DeliveryState; dueAt: number; finishedAt: number | null; entry: AttemptLogEntry },
): boolean {
  const log = attempts === 0 ? [] : readLog(sql, key);
  log.push(outcome.entry);
  if (log.length > MAX_LOGGED_ATTEMPTS) log.splice(1, log.length - MAX_LOGGED_ATTEMPTS);
  const { rowsWritten } = sql.exec(
    `UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, finished_at = ?, log = ?
     WHERE stream = ? AND seq = ? AND replay = ? AND state = 'pending' AND attempts = ?`,
    outcome.state,
    attempts + 1,
    outcome.dueAt,
    outcome.finishedAt,
    JSON.stringify(log),
    key.stream,
    key.seq,
    key.replay,
    attempts,
  );
  return rowsWritten > 0;
}

/** Deliveries, newest first. Reads through the table: the log is looked at far less often than it is written. */
export function listDeliveries(sql: SqlStorage, query: LogQuery): DeliveryLogEntry[] {
  return sql
    .exec<DeliveryRow>(
      `SELECT stream, seq, replay, state, attempts, due_at, enqueued_at, finished_at, delivery_id, event_id, type, log
       FROM deliveries
       WHERE (?1 IS NULL OR stream = ?1) AND (?2 IS NULL OR state = ?2)
         AND (?3 IS NULL OR (enqueued_at, delivery_id) < (?3, ?4))
       ORDER BY enqueued_at DESC, delivery_id DESC LIMIT ?5`,
      query.stream ?? null,
      query.state ?? null,
      query.before?.enqueuedAt ?? null,
      query.before?.deliveryId ?? null,
      query.limit,
    )
    .toArray()
    .map((row) => ({
      deliveryId: row.delivery_id,
      stream: row.stream,
      seq: row.seq,
      replay: row.replay,
      eventId: row.event_id,
      type: row.type,
      state: row.state as DeliveryState,
      attempts: row.log === null ? [] : (JSON.parse(row.log) as AttemptLogEntry[]),
      enqueuedAt: row.enqueued_at,
      dueAt: row.state === "pending" ? row.due_at : null,
      finishedAt: row.finished_at,
    }));
}

/** Deletes closed deliveries that ended before `before`, at most `limit`; gives how many went. */
export function expireDeliveries(sql: SqlStorage, before: number, limit: number): number {
  return sql.exec(
    `DELETE FROM deliveries WHERE (stream, seq, replay) IN
       (SELECT stream, seq, replay FROM deliveries WHERE state <> 'pending' AND finished_at < ? LIMIT ?)`,
    before,
    limit,
  ).rowsWritten;
}

/** The endpoint is gone: so are its deliveries. */
export function dropDeliveries(sql: SqlStorage): void {
  sql.exec("DELETE FROM deliveries");
}

function readLog(sql: SqlStorage, key: DeliveryKey): AttemptLogEntry[] {
  const [row] = sql
    .exec<DeliveryRow>(
      "SELECT log FROM deliveries WHERE stream = ? AND seq = ? AND replay = ?",
      key.stream,
      key.seq,
      key.replay,
    )
    .toArray();
  return row?.log ? (JSON.parse(row.log) as AttemptLogEntry[]) : [];
}

type OpenRow = { stream: string; seq: number; replay: number; attempts: number; due_at: number };

type DeliveryRow = {
  stream: string;
  seq: number;
  replay: number;
  state: string;
  attempts: number;
  due_at: number;
  enqueued_at: number;
  finished_at: number | null;
  delivery_id: string;
  event_id: string;
  type: string;
  recorded_at: number;
  log: string | null;
  data: string;
};
