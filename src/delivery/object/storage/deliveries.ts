import type { AttemptLogEntry, DeliveryState, EnqueuedEvent } from "../../contract";
import type { DeliveryKey, OpenDelivery } from "../lanes";
import { partsOf } from "./parts";

/** What an attempt needs of a delivery besides its key. */
export type StoredDelivery = { deliveryId: string; eventId: string; type: string; recordedAt: number; data: string };

export type NewDelivery = { event: EnqueuedEvent; replay: number; deliveryId: string; arrival: number; now: number };

/**
 * Adds open deliveries in as few statements as fit. Gives the ids of the new ones. The insert removes duplicates: it
 * skips deliveries that this object has, and those of erased calls.
 */
export function insertDeliveries(sql: SqlStorage, given: readonly NewDelivery[]): Set<string> {
  const added = new Set<string>();
  for (const part of partsOf(given, ({ event }) => event.data.length)) {
    const rows = part.map(({ event, deliveryId, arrival, replay, now }) => [
      event.stream,
      event.seq,
      replay,
      now,
      arrival,
      deliveryId,
      event.eventId,
      event.type,
      event.recordedAt,
      event.data,
    ]);
    const ids = sql.exec<{ delivery_id: string }>(
      `INSERT OR IGNORE INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, stripped,
         delivery_id, event_id, type, recorded_at, data)
       SELECT value ->> 0, value ->> 1, value ->> 2, 'pending', 1, 0, value ->> 3, value ->> 4, value ->> 3, 0,
         value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
       FROM json_each(?)
       WHERE NOT EXISTS (SELECT 1 FROM erased WHERE stream = value ->> 0)
       RETURNING delivery_id`,
      JSON.stringify(rows),
    );
    for (const { delivery_id: id } of ids) added.add(id);
  }
  return added;
}

/**
 * Of first deliveries, those of whose number the current table has no row. Null where only the insert can tell: a number
 * is used for another event, or a call was erased.
 */
export function withoutCurrent(sql: SqlStorage, given: readonly NewDelivery[]): NewDelivery[] | null {
  const found = sql.exec<{ at: number; same: number }>(
    `SELECT given.key AS at, max(event_id = given.value ->> 2) AS same FROM json_each(?1) AS given CROSS JOIN deliveries
       ON stream = given.value ->> 0 AND seq = given.value ->> 1 AND replay <= 0 GROUP BY given.key
     UNION ALL SELECT given.key, 0 FROM json_each(?1) AS given CROSS JOIN erased ON stream = given.value ->> 0`,
    JSON.stringify(given.map(({ event }) => [event.stream, event.seq, event.eventId])),
  );
  const known = new Set<number>();
  for (const { at, same } of found) {
    if (same === 0) return null;
    known.add(at);
  }
  return given.filter((_, at) => !known.has(at));
}

/** Adds a closed delivery: a test, which is in no lane. */
export function insertClosed(sql: SqlStorage, delivery: NewDelivery, outcome: Outcome): void {
  const { event, replay, deliveryId, arrival, now } = delivery;
  sql.exec(
    `INSERT INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, finished_at, status,
       stripped, delivery_id, event_id, type, recorded_at, log, data) VALUES (?, ?, ?, ?, NULL, 1, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
    event.stream,
    event.seq,
    replay,
    outcome.state,
    now,
    arrival,
    now,
    outcome.finishedAt,
    outcome.entry.status,
    deliveryId,
    event.eventId,
    event.type,
    event.recordedAt,
    JSON.stringify([outcome.entry]),
    event.data,
  );
}

/** Up to `limit` open deliveries after the arrival `after`, in the order of arrival. Reads only the index. */
export function openDeliveries(
  sql: SqlStorage,
  after: number,
  limit: number,
): { arrival: number; open: OpenDelivery }[] {
  return sql
    .exec<{
      stream: string;
      seq: number;
      replay: number;
      attempts: number;
      due_at: number;
      state: string;
      arrival: number;
    }>(
      `SELECT stream, seq, replay, attempts, due_at, state, arrival FROM deliveries INDEXED BY deliveries_open
       WHERE open = 1 AND arrival > ? ORDER BY arrival LIMIT ${limit}`,
      after,
    )
    .toArray()
    .map(({ due_at: dueAt, state, arrival, ...rest }) => ({
      arrival,
      open: { ...rest, dueAt, held: state === "held" },
    }));
}

/** How many deliveries one request makes due at once: each is two rows written. */
export const MOST_RETRIED = 10_000;

/** Makes deliveries that wait for another attempt due at once, the oldest first. Gives how many, and whether there are more. */
export function retryWaiting(sql: SqlStorage, now: number): { retried: number; more: boolean } {
  const waiting = `FROM deliveries INDEXED BY deliveries_open
    WHERE open = 1 AND state = 'pending' AND attempts > 0 AND due_at > ?`;
  const { total } = sql.exec<{ total: number }>(`SELECT count(*) AS total ${waiting}`, now).one();
  sql.exec(
    `UPDATE deliveries SET due_at = ? WHERE open = 1 AND (stream, seq, replay) IN
       (SELECT stream, seq, replay ${waiting} ORDER BY arrival LIMIT ${MOST_RETRIED})`,
    now,
    now,
  );
  return { retried: Math.min(total, MOST_RETRIED), more: total > MOST_RETRIED };
}

/** How many open deliveries arrived after `after`. */
export function countOpen(sql: SqlStorage, after: number): number {
  return sql
    .exec<{ total: number }>(
      "SELECT count(*) AS total FROM deliveries INDEXED BY deliveries_open WHERE open = 1 AND arrival > ?",
      after,
    )
    .one().total;
}

/** The arrival of the newest open delivery; 0 when none is open. */
export function lastArrival(sql: SqlStorage): number {
  const { last } = sql
    .exec<{ last: number | null }>("SELECT max(arrival) AS last FROM deliveries WHERE open = 1")
    .one();
  return last ?? 0;
}

/** What an attempt needs; undefined when the delivery is gone or closed, or has had more attempts than `attempts`. */
export function readForAttempt(sql: SqlStorage, key: DeliveryKey, attempts: number): StoredDelivery | undefined {
  const [row] = sql
    .exec<{ delivery_id: string; event_id: string; type: string; recorded_at: number; data: string }>(
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

/** The end of an attempt, as it is written. */
export type Outcome = { state: DeliveryState; dueAt: number; finishedAt: number | null; entry: AttemptLogEntry };

/** The due time of a delivery that a person holds; one whose attempts are used up keeps the end of its last one. */
export const HELD_BY_PERSON = 0;

const DECISIONS = {
  release: "state = 'pending', due_at = ?",
  skip: "state = 'skipped', open = NULL, finished_at = ?",
  hold: "state = 'held', due_at = ?",
} as const;

/** Writes a person's decision about an open delivery: due at once again, skipped, or held. */
export function decide(sql: SqlStorage, key: DeliveryKey, decision: keyof typeof DECISIONS, now: number): void {
  sql.exec(
    `UPDATE deliveries SET ${DECISIONS[decision]} WHERE stream = ? AND seq = ? AND replay = ? AND open = 1`,
    decision === "hold" ? HELD_BY_PERSON : now,
    key.stream,
    key.seq,
    key.replay,
  );
}
