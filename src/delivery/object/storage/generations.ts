import type { NewDelivery } from "./deliveries";

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
