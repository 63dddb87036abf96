import type { NewDelivery } from "./deliveries";

// A restored database gives the numbers of a stream out again, for other events. The number places an event, its id
// names it: another event under a taken number is its next generation, -1, -2, … where the first has replay 0
// (docs/understand/adr/0027-a-restored-database.md).

/** Of first deliveries whose number was taken, those of events this object has not seen, as what they are to be stored. */
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
