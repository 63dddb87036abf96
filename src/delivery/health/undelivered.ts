import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { events, undelivered } from "../../db/schema";
import { valueList } from "../../db/value-list";

/** Calls whose events an endpoint's objects do not take; `since`: when the oldest of these events was recorded. */
export type UndeliveredCount = { streams: number; since: number | null };

/** No more calls than this are counted for an endpoint. */
const COUNTED = 1_000;

/** What waits outside of the objects of these endpoints, by endpoint. Most have nothing there. */
export async function readUndelivered(
  db: Database,
  endpointIds: readonly string[],
): Promise<ReadonlyMap<string, UndeliveredCount>> {
  if (endpointIds.length === 0) return new Map();
  const rows = await db.all<UndeliveredCount & { endpointId: string }>(sql`
    SELECT asked.value AS endpointId, count(*) AS streams, min(e.recorded_at) AS since
    FROM json_each(${JSON.stringify(endpointIds)}) AS asked
    CROSS JOIN (SELECT endpoint_id, stream, from_seq FROM ${undelivered}
      WHERE endpoint_id IN ${valueList(endpointIds)} LIMIT ${COUNTED}) AS u ON u.endpoint_id = asked.value
    LEFT JOIN ${events} AS e ON e.stream = u.stream AND e.seq = u.from_seq
    GROUP BY asked.value`);
  return new Map(rows.map(({ endpointId, ...count }) => [endpointId, count]));
}
