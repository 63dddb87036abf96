import { countStreams } from "./erase";
import {
  COUNTED_TO,
  type AttemptLogEntry,
  type DeliveryLogEntry,
  type DeliveryState,
  type LogQuery,
} from "../../contract";
import type { DeliveryKey } from "../lanes";
import { readTables, type DayTable } from "./days";
import { HELD_BY_PERSON } from "./deliveries";

/** The stream that test deliveries are stored under. No event has it. */
export const TEST_STREAM = "test";

/** What `entryOf` reads. */
export const COLUMNS = `stream, seq, replay, state, attempts, due_at, enqueued_at, finished_at, delivery_id, event_id, type, log`;

/** True for the latest delivery of an event, over all tables. */
function isNewest(tables: readonly DayTable[]): string[] {
  return tables.map(
    ({ name }) => `NOT EXISTS (SELECT 1 FROM ${name} AS later
      WHERE later.stream = d.stream AND later.seq = d.seq AND later.event_id = d.event_id AND later.replay > d.replay)`,
  );
}

type Place = DeliveryKey & { enqueued_at: number; delivery_id: string; name: string };

/**
 * Lists deliveries, newest first where no order is given. Looks through one table after the other until the page is full: an
 * index would cost a row written per delivery, and the log is read rarely. Only the rows of the page are read whole.
 */
export function listDeliveries(sql: SqlStorage, query: LogQuery): DeliveryLogEntry[] {
  const tables = readTables(sql);
  const { before, limit } = query;
  const isAscending = query.order === "ascending";
  let page: Place[] = [];
  for (const table of isAscending ? tables.toReversed() : tables) {
    const last = page[limit - 1]?.enqueued_at;
    const isPassed = before && (isAscending ? table.newest < before.enqueuedAt : table.oldest > before.enqueuedAt);
    const isBeyond = last !== undefined && (isAscending ? table.oldest > last : table.newest < last);
    if (!mayHold(table, query) || isPassed || isBeyond) continue;
    const places = [...page, ...placesIn(sql, table, tables, query)].toSorted(newestFirst);
    page = (isAscending ? places.toReversed() : places).slice(0, limit);
  }
  const entries = new Map<string, DeliveryLogEntry>();
  for (const name of new Set(page.map((place) => place.name)))
    readPlaces(sql, name, page, query.brief ?? false, entries);
  return page.flatMap((place) => entries.get(placeKey(place)) ?? []);
}

/**
 * Reads the deliveries of a page that are in one table. One row is held whole at a time: a page of complete logs can be
 * larger than the object's memory.
 */
function readPlaces(
  sql: SqlStorage,
  name: string,
  page: readonly Place[],
  brief: boolean,
  entries: Map<string, DeliveryLogEntry>,
): void {
  const keys = page.flatMap((place) => (place.name === name ? [[place.stream, place.seq, place.replay]] : []));
  const rows = sql.exec<LogRow>(
    `SELECT ${COLUMNS} FROM ${name} WHERE (stream, seq, replay) IN
       (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`,
    JSON.stringify(keys),
  );
  for (const row of rows) {
    const entry = entryOf(row);
    const kept = brief ? { ...entry, attempts: entry.attempts.map(briefly) } : entry;
    entries.set(placeKey({ ...row, name }), kept);
  }
}

function placeKey({ name, stream, seq, replay }: DeliveryKey & { name: string }): string {
  return `${name} ${stream} ${seq} ${replay}`;
}

function placesIn(sql: SqlStorage, { name }: DayTable, tables: readonly DayTable[], query: LogQuery): Place[] {
  const { conditions, values } = whereMatches(query, tables);
  const [after, direction] = query.order === "ascending" ? [">", "ASC"] : ["<", "DESC"];
  const before = query.before ? `AND (enqueued_at, delivery_id) ${after} (?, ?)` : "";
  return sql
    .exec<Omit<Place, "name">>(
      `SELECT stream, seq, replay, enqueued_at, delivery_id FROM ${name} AS d WHERE ${conditions} ${before}
       ORDER BY enqueued_at ${direction}, delivery_id ${direction} LIMIT ${query.limit}`,
      ...values,
      ...(query.before ? [query.before.enqueuedAt, query.before.deliveryId] : []),
    )
    .toArray()
    .map((place) => ({ ...place, name }));
}

function newestFirst(one: Place, other: Place): number {
  if (one.enqueued_at !== other.enqueued_at) return other.enqueued_at - one.enqueued_at;
  return one.delivery_id < other.delivery_id ? 1 : -1;
}

/** Whether a table may hold a delivery that was enqueued in the time of the query. */
export function mayHold(table: DayTable, { from, to }: { from?: number; to?: number }): boolean {
  return (from === undefined || table.newest >= from) && (to === undefined || table.oldest < to);
}

/**
 * How many deliveries match, over all pages: exact up to `COUNTED_TO`, and one more where there are more. Of streams it is
 * all that there are.
 */
export function countDeliveries(
  sql: SqlStorage,
  query: Omit<LogQuery, "limit" | "before"> | readonly string[],
): number {
  if ("length" in query) return countStreams(sql, query);
  const tables = readTables(sql);
  return countIn(sql, tables, query, whereMatches(query, tables));
}

/** Counts the rows that meet the conditions, in the tables that may hold some, and stops at one more than `COUNTED_TO`. */
export function countIn(
  sql: SqlStorage,
  tables: readonly DayTable[],
  times: { from?: number; to?: number },
  { conditions, values }: { conditions: string; values: (string | number)[] },
): number {
  let total = 0;
  for (const { name } of tables.filter((table) => mayHold(table, times))) {
    const left = COUNTED_TO + 1 - total;
    const counted = `SELECT count(*) AS more FROM (SELECT 1 FROM ${name} AS d WHERE ${conditions} LIMIT ${left})`;
    total += sql.exec<{ more: number }>(counted, ...values).one().more;
    if (total > COUNTED_TO) break;
  }
  return total;
}

/** Finds one delivery by its id. Gives it with its table, its key, its arrival, and whether it is open. */
export function findDelivery(
  sql: SqlStorage,
  deliveryId: string,
): { table: string; key: DeliveryKey; arrival: number; open: boolean; entry: DeliveryLogEntry } | undefined {
  for (const { name } of readTables(sql)) {
    const [row] = sql
      .exec<LogRow & { open: number | null; arrival: number }>(
        `SELECT ${COLUMNS}, open, arrival FROM ${name} WHERE delivery_id = ? LIMIT 1`,
        deliveryId,
      )
      .toArray();
    if (!row) continue;
    const { stream, seq, replay, arrival } = row;
    return { table: name, key: { stream, seq, replay }, arrival, open: row.open === 1, entry: entryOf(row) };
  }
  return undefined;
}

/** The SQL conditions of a query over a table of deliveries named `d`, with the values to bind. */
export function whereMatches(
  query: Omit<LogQuery, "limit" | "before">,
  tables: readonly DayTable[],
): { conditions: string; values: (string | number)[] } {
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
    conditions: ["true", ...given.map(([condition]) => condition), ...(query.newest ? isNewest(tables) : [])].join(
      " AND ",
    ),
    values: given.map(([, value]) => value),
  };
}

/** A row as the log shows it. */
export function entryOf(row: LogRow): DeliveryLogEntry {
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
    ...(row.state === "held" && row.due_at === HELD_BY_PERSON && { byPerson: true }),
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

export type LogRow = {
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
