import type { ReplayQuery } from "../../contract";
import type { DeliveryKey, OpenDelivery } from "../lanes";
import { readTables, type DayTable } from "./days";
import { countIn, mayHold, TEST_STREAM, whereMatches } from "./log";

/**
 * True for a first delivery `d`, of the latest generation, whose event is still stored. Tests are not replayed. A later
 * generation arrived later, in whatever table it is.
 */
function isReplayable(tables: readonly DayTable[]): string {
  const later = tables.map(
    ({ name }) => `AND NOT EXISTS (SELECT 1 FROM ${name} AS later
      WHERE later.stream = d.stream AND later.seq = d.seq AND later.replay <= 0 AND later.arrival > d.arrival)`,
  );
  return `d.replay <= 0 AND d.data <> '' AND d.stream <> '${TEST_STREAM}' ${later.join(" ")}`;
}

/** The replay number and first arrival of the copies. */
export type Copying = { replay: number; arrival: number; now: number; newDeliveryId(): string };

/**
 * Copies the oldest `limit` matching first deliveries as a replay, in order. Gives the copies. `arrival` is that of the
 * first copy.
 */
export function copyForReplay(
  sql: SqlStorage,
  query: ReplayQuery,
  limit: number,
  made: Copying,
): { open: OpenDelivery; arrival: number }[] {
  const tables = readTables(sql);
  const { conditions, values } = whereMatches(query, tables);
  const keys = tables
    .filter((table) => mayHold(table, query))
    .flatMap(({ name }) =>
      sql
        .exec<DeliveryKey & { arrival: number }>(
          `SELECT stream, seq, replay, arrival FROM ${name} AS d WHERE ${isReplayable(tables)} AND ${conditions}
           ORDER BY arrival LIMIT ${limit}`,
          ...values,
        )
        .toArray()
        .map(({ arrival, ...key }) => ({ key, table: name, arrival })),
    )
    .toSorted((one, other) => one.arrival - other.arrival)
    .slice(0, limit);
  return keys.flatMap(({ key, table }, index) => {
    const arrival = made.arrival + index;
    const open = copyOne(sql, table, key, { ...made, arrival });
    return open ? [{ open, arrival }] : [];
  });
}

/** Copies one delivery of a table as a replay; undefined when its event is no longer stored or the replay already has it. */
export function copyOne(sql: SqlStorage, table: string, key: DeliveryKey, made: Copying): OpenDelivery | undefined {
  const { rowsWritten } = sql.exec(
    `INSERT OR IGNORE INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, stripped,
       delivery_id, event_id, type, recorded_at, data)
     SELECT stream, seq, ?, 'pending', 1, 0, ?, ?, ?, 0, ?, event_id, type, recorded_at, data
     FROM ${table} WHERE stream = ? AND seq = ? AND replay = ? AND data <> ''`,
    made.replay,
    made.now,
    made.arrival,
    made.now,
    made.newDeliveryId(),
    key.stream,
    key.seq,
    key.replay,
  );
  return rowsWritten > 0 ? { ...key, replay: made.replay, attempts: 0, dueAt: made.now, held: false } : undefined;
}

/**
 * How many first deliveries a replay would send again: those whose event is still stored. Exact up to `COUNTED_TO`, and
 * one more where there are more.
 */
export function countForReplay(sql: SqlStorage, query: ReplayQuery): number {
  const tables = readTables(sql);
  const { conditions, values } = whereMatches(query, tables);
  return countIn(sql, tables, query, { conditions: `${isReplayable(tables)} AND ${conditions}`, values });
}
