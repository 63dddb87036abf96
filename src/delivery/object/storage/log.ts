import type { AttemptLogEntry, DeliveryLogEntry, DeliveryState, LogQuery } from "../../contract";
import type { DeliveryKey } from "../lanes";

/** The stream that test deliveries are stored under. No event has it. */
export const TEST_STREAM = "test";

const COLUMNS = `stream, seq, replay, state, attempts, due_at, enqueued_at, finished_at, delivery_id, event_id, type, log`;

/** True for the latest delivery of an event. */
const IS_NEWEST = `NOT EXISTS (SELECT 1 FROM deliveries AS later
  WHERE later.stream = deliveries.stream AND later.seq = deliveries.seq AND later.event_id = deliveries.event_id
    AND later.replay > deliveries.replay)`;

/**
 * Lists deliveries, newest first. Scans the table: an index would cost a write per delivery, and the log is read
 * rarely.
 */
export function listDeliveries(sql: SqlStorage, query: LogQuery): DeliveryLogEntry[] {
  const { conditions, values } = whereMatches(query);
  const before = query.before ? "AND (enqueued_at, delivery_id) < (?, ?)" : "";
  const beforeValues = query.before ? [query.before.enqueuedAt, query.before.deliveryId] : [];
  const rows = sql.exec<LogRow>(
    `SELECT ${COLUMNS} FROM deliveries WHERE ${conditions} ${before} ORDER BY enqueued_at DESC, delivery_id DESC LIMIT ?`,
    ...values,
    ...beforeValues,
    query.limit,
  );
  // Row by row: a page of complete logs can be larger than the object's memory.
  return Array.from(rows, (row) => {
    const entry = entryOf(row);
    return query.brief ? { ...entry, attempts: entry.attempts.map(briefly) } : entry;
  });
}

/** How many deliveries match, over all pages. */
export function countDeliveries(sql: SqlStorage, query: Omit<LogQuery, "limit" | "before">): number {
  const { conditions, values } = whereMatches(query);
  return sql.exec<{ total: number }>(`SELECT count(*) AS total FROM deliveries WHERE ${conditions}`, ...values).one()
    .total;
}

/** Finds one delivery by its id. Gives it with its key, its arrival, and whether it is open. */
export function findDelivery(
  sql: SqlStorage,
  deliveryId: string,
): { key: DeliveryKey; arrival: number; open: boolean; entry: DeliveryLogEntry } | undefined {
  const [row] = sql
    .exec<LogRow & { open: number | null; arrival: number }>(
      `SELECT ${COLUMNS}, open, arrival FROM deliveries WHERE delivery_id = ?`,
      deliveryId,
    )
    .toArray();
  if (!row) return undefined;
  const { stream, seq, replay, arrival } = row;
  return { key: { stream, seq, replay }, arrival, open: row.open === 1, entry: entryOf(row) };
}

/** The SQL conditions of a query over deliveries, with the values to bind. */
export function whereMatches(query: Omit<LogQuery, "limit" | "before">): {
  conditions: string;
  values: (string | number)[];
} {
  const filters: [string, string | number | undefined][] = [
    ["stream = ?", query.stream],
    ["state = ?", query.state],
    ["type = ?", query.type],
    ["status = ?", query.status],
    ["enqueued_at >= ?", query.from],
    ["enqueued_at < ?", query.to],
  ];
  const given = filters.filter((filter): filter is [string, string | number] => filter[1] !== undefined);
  return {
    conditions: ["true", ...given.map(([condition]) => condition), ...(query.newest ? [IS_NEWEST] : [])].join(" AND "),
    values: given.map(([, value]) => value),
  };
}

function entryOf(row: LogRow): DeliveryLogEntry {
  return {
    deliveryId: row.delivery_id,
    stream: row.stream,
    seq: row.seq,
    // Generations are internal: every one of them shows as a first delivery.
    replay: Math.max(0, row.replay),
    test: row.stream === TEST_STREAM,
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.log === null ? [] : (JSON.parse(row.log) as AttemptLogEntry[]),
    attemptCount: row.attempts,
    enqueuedAt: row.enqueued_at,
    dueAt: row.state === "pending" ? row.due_at : null,
    finishedAt: row.finished_at,
  };
}

/** An attempt without request and answer. */
export function briefly(attempt: AttemptLogEntry): AttemptLogEntry {
  return { ...attempt, request: { ...attempt.request, headers: {}, body: "" }, response: null };
}

type LogRow = {
  stream: string;
  seq: number;
  replay: number;
  state: DeliveryState;
  attempts: number;
  due_at: number;
  enqueued_at: number;
  finished_at: number | null;
  delivery_id: string;
  event_id: string;
  type: string;
  log: string | null;
};
