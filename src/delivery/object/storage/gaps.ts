import type { DeliveryKey } from "../lanes";
import { readTables, tablesWithGaps } from "./days";
import { CURRENT } from "./migrate";

/** Whether any delivery in this object was given up. Where none was, no delivery has a gap before it. */
export function hasGaps(sql: SqlStorage): boolean {
  const givenUp = sql.exec(
    `SELECT 1 FROM ${CURRENT} INDEXED BY deliveries_given_up WHERE state IN ('parked', 'skipped') LIMIT 1`,
  );
  return givenUp.toArray().length > 0 || tablesWithGaps(sql).length > 0;
}

/**
 * The sequence numbers of the deliveries given up directly before `key` in its stream: the gap reported to the
 * receiver.
 */
export function gapBefore(sql: SqlStorage, key: DeliveryKey): { from: number; to: number } | null {
  const missing: number[] = [];
  let last: number | undefined;
  for (const { seq, state } of before(sql, key)) {
    if (seq === last) continue;
    last = seq;
    if (state !== "parked" && state !== "skipped") break;
    missing.push(seq);
  }
  const [to] = missing;
  const from = missing.at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}

type Earlier = { seq: number; state: string };

/** The earlier deliveries of the lane, the latest first. Where a number was used twice, the later generation is first. */
function before(sql: SqlStorage, key: DeliveryKey): Iterable<Earlier> {
  const read = (table: string, more = "") =>
    sql.exec<Earlier>(
      `SELECT seq, state FROM ${table}
       WHERE stream = ?1 AND (replay = ?2 OR (?2 <= 0 AND replay <= 0)) AND seq < ?3 ${more} ORDER BY seq DESC, replay`,
      key.stream,
      key.replay,
      key.seq,
    );
  const gaps = tablesWithGaps(sql).some(
    ({ name }) => read(name, "AND state IN ('parked', 'skipped')").toArray().length > 0,
  );
  // What was delivered on an earlier day only ends a gap that began on an earlier day.
  if (!gaps) return read(CURRENT);
  return readTables(sql)
    .flatMap(({ name }) => read(name).toArray())
    .toSorted((one, other) => other.seq - one.seq);
}
