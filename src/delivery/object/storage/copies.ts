import type { ReplayQuery } from "../../contract";
import type { DeliveryKey, OpenDelivery } from "../lanes";
import { TEST_STREAM, whereMatches } from "./log";

/** True for a first delivery, of the latest generation, whose event is still stored. Tests are not replayed. */
const REPLAYABLE = `replay <= 0 AND data <> '' AND stream <> '${TEST_STREAM}' AND NOT EXISTS (
  SELECT 1 FROM deliveries AS later
  WHERE later.stream = deliveries.stream AND later.seq = deliveries.seq AND later.replay < deliveries.replay)`;

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
  const { conditions, values } = whereMatches(query);
  const keys = sql
    .exec<DeliveryKey>(
      `SELECT stream, seq, replay FROM deliveries WHERE ${REPLAYABLE} AND ${conditions} ORDER BY arrival LIMIT ?`,
      ...values,
      limit,
    )
    .toArray();
  return keys.flatMap((key, index) => {
    const arrival = made.arrival + index;
    const open = copyOne(sql, key, { ...made, arrival });
    return open ? [{ open, arrival }] : [];
  });
}

/** Copies one delivery as a replay; undefined when its event is no longer stored or the replay already has it. */
export function copyOne(sql: SqlStorage, key: DeliveryKey, made: Copying): OpenDelivery | undefined {
  const { rowsWritten } = sql.exec(
    `INSERT OR IGNORE INTO deliveries (stream, seq, replay, state, open, attempts, due_at, arrival, enqueued_at, stripped,
       delivery_id, event_id, type, recorded_at, data)
     SELECT stream, seq, ?, 'pending', 1, 0, ?, ?, ?, 0, ?, event_id, type, recorded_at, data
     FROM deliveries WHERE stream = ? AND seq = ? AND replay = ? AND data <> ''`,
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

/** How many first deliveries a replay would send again: those whose event is still stored. */
export function countForReplay(sql: SqlStorage, query: ReplayQuery): number {
  const { conditions, values } = whereMatches(query);
  return sql
    .exec<{ matched: number }>(
      `SELECT count(*) AS matched FROM deliveries WHERE ${REPLAYABLE} AND ${conditions}`,
      ...values,
    )
    .one().matched;
}
