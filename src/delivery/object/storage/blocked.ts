import type { BlockedLane, BlockedQuery, Ordering, Rest } from "../../contract";
import type { DeliveryKey } from "../lanes";
import { briefly, COLUMNS, entryOf, type LogRow } from "./log";

type Head = DeliveryKey & { arrival: number };

/**
 * Lanes whose head was tried or is held, the oldest head first; where the endpoint rests, those too whose head was never tried.
 * Follows the index of open work from the last page on and stops when the page is full; only the rows of the page are read
 * whole.
 */
export function listBlocked(
  sql: SqlStorage,
  ordering: Ordering,
  query: BlockedQuery,
  rest: Rest | null = null,
): BlockedLane[] {
  return headsOf(sql, ordering, query, rest !== null)
    .map((head) => blockedLane(sql, ordering, head, rest))
    .filter(
      ({ entry, arrival }) =>
        !query.after || arrival > query.after.arrival || entry.deliveryId > query.after.deliveryId,
    )
    .slice(0, query.limit);
}

// Arrivals differ within an object, so at most one row of it is as old as the last one of the page before.
function headsOf(sql: SqlStorage, ordering: Ordering, { limit, after }: BlockedQuery, areAll: boolean): Head[] {
  const waits = areAll ? "" : "AND (attempts > 0 OR state = 'held')";
  return sql
    .exec<Head>(
      `SELECT stream, seq, replay, arrival FROM deliveries AS d INDEXED BY deliveries_open
       WHERE open = 1 AND arrival >= ? ${waits} ${isFirst(ordering)}
       ORDER BY arrival LIMIT ${limit + 1}`,
      after?.arrival ?? 0,
    )
    .toArray();
}

// Until the ordering of an endpoint was changed there were other lanes, so that one may hold several that were tried.
function isFirst(ordering: Ordering): string {
  if (ordering === "none") return "";
  // One lane, and one for each replay: their first ones are found in one pass, where each row by itself would look at all before it.
  if (ordering === "endpoint")
    return `AND arrival IN (SELECT min(one.arrival) FROM ${mates(ordering)} GROUP BY max(0, one.replay))`;
  return `AND NOT EXISTS (SELECT 1 FROM ${mates(ordering)}
    AND max(0, one.replay) = max(0, d.replay) AND one.arrival < d.arrival)`;
}

/** Open deliveries named `one` that share the lane of `d` but for its replay; those of a call by the primary key. */
function mates(ordering: "call" | "endpoint", stream = "d.stream"): string {
  return ordering === "call"
    ? `deliveries AS one WHERE one.stream = ${stream} AND +one.open = 1`
    : "deliveries AS one INDEXED BY deliveries_open WHERE one.open = 1";
}

function blockedLane(
  sql: SqlStorage,
  ordering: Ordering,
  { stream, seq, replay, arrival }: Head,
  rest: Rest | null,
): BlockedLane {
  const row = sql
    .exec<LogRow>(`SELECT ${COLUMNS} FROM deliveries WHERE stream = ? AND seq = ? AND replay = ?`, stream, seq, replay)
    .one();
  const entry = entryOf(row);
  return {
    reason: entry.state === "held" ? "held" : (rest ?? "retry"),
    entry: { ...entry, attempts: entry.attempts.map(briefly) },
    arrival,
    queued: ordering === "none" ? 0 : lengthOf(sql, ordering, { stream, seq, replay }) - 1,
  };
}

function lengthOf(sql: SqlStorage, ordering: "call" | "endpoint", { stream, replay }: DeliveryKey): number {
  const counted = `SELECT count(*) AS total FROM ${mates(ordering, "?")} AND max(0, one.replay) = max(0, ?)`;
  return sql.exec<{ total: number }>(counted, ...(ordering === "call" ? [stream] : []), replay).one().total;
}
