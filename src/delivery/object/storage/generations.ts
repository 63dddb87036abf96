import type { EnqueuedEvent } from "../../contract";
import { tablesSince } from "./days";
import type { NewDelivery } from "./deliveries";
import { CURRENT } from "./migrate";

// A restored database uses the numbers of a stream again, for other events. The number gives the order, the id gives
// the identity: another event under a used number is its next generation, stored with replay -1, -2, … where the first
// has 0 (docs/understand/adr/0027-a-restored-database.md).

/**
 * Of refused first deliveries, those whose number is used but whose event this object does not have, with the replay
 * number under which each is to be stored.
 */
export function nextGenerations(sql: SqlStorage, refused: readonly NewDelivery[]): NewDelivery[] {
  if (refused.length === 0) return [];
  const keys = JSON.stringify(refused.map(({ event }) => [event.stream, event.seq, event.eventId]));
  const taken = sql.exec<{ at: number; oldest: number }>(
    `SELECT given.key AS at, min(replay) AS oldest FROM json_each(?) AS given
     JOIN deliveries ON stream = given.value ->> 0 AND seq = given.value ->> 1 AND replay <= 0
     GROUP BY given.key HAVING NOT max(event_id = given.value ->> 2) ORDER BY given.key`,
    keys,
  );
  return Array.from(taken, ({ at, oldest }) => ({ ...refused[at]!, replay: oldest - 1 }));
}

/**
 * Leaves out deliveries that a table of an earlier day has. A first delivery whose number such a table has for another
 * event becomes its next generation.
 */
export function withoutEarlier(sql: SqlStorage, given: readonly NewDelivery[]): NewDelivery[] {
  const oldest = given.reduce((least, { event }) => Math.min(least, event.recordedAt), Infinity);
  const tables = tablesSince(sql, oldest);
  if (tables.length === 0) return [...given];
  const keys = JSON.stringify(given.map(({ event, replay }) => [event.stream, event.seq, event.eventId, replay]));
  const known = new Map<number, { same: boolean; lowest: number }>();
  for (const { name } of tables) {
    const found = sql.exec<{ at: number; same: number; lowest: number }>(
      `SELECT given.key AS at, max(event_id = given.value ->> 2) AS same, min(replay) AS lowest
       FROM json_each(?) AS given JOIN ${name} ON stream = given.value ->> 0 AND seq = given.value ->> 1
         AND (replay = given.value ->> 3 OR (given.value ->> 3 = 0 AND replay < 0))
       GROUP BY given.key`,
      keys,
    );
    for (const { at, same, lowest } of found) {
      const before = known.get(at);
      known.set(at, { same: same === 1 || !!before?.same, lowest: Math.min(lowest, before?.lowest ?? lowest) });
    }
  }
  return given.flatMap((delivery, at) => {
    const earlier = known.get(at);
    if (!earlier) return delivery;
    return earlier.same || delivery.replay > 0 ? [] : { ...delivery, replay: earlier.lowest - 1 };
  });
}

/** How many of the events this object does not have yet. */
export function countUnknown(sql: SqlStorage, events: readonly EnqueuedEvent[], replay: number): number {
  const keys = JSON.stringify(events.map(({ stream, seq, eventId }) => [stream, seq, eventId]));
  const oldest = events.reduce((least, { recordedAt }) => Math.min(least, recordedAt), Infinity);
  const known = new Set<number>();
  for (const table of [CURRENT, ...tablesSince(sql, oldest).map(({ name }) => name)]) {
    const found = sql.exec<{ at: number }>(
      `SELECT given.key AS at FROM json_each(?1) AS given JOIN ${table}
         ON stream = given.value ->> 0 AND seq = given.value ->> 1 AND event_id = given.value ->> 2
         AND (replay = ?2 OR (?2 = 0 AND replay < 0))`,
      keys,
      replay,
    );
    for (const { at } of found) known.add(at);
  }
  return events.length - known.size;
}
