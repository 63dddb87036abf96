import { sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { inbound, sourceCounts, sources, type InboundOutcome } from "../../db/schema";
import { HOUR } from "../../lib/time";

/** Requests of one source, one kind of end and one hour, and when the last of them came, in milliseconds. */
export type RequestCount = {
  /** "" if unowned. */
  organizationId: string;
  /** "" where the request names none. */
  sourceId: string;
  sourceKind: string;
  outcome: InboundOutcome;
  /** "" where there is none to give. */
  reason: string;
  /** Start of the hour, in milliseconds. */
  hour: number;
  requests: number;
  lastAt: number;
};

/** One request that is in the log, or goes into it in the same batch. */
export type LoggedRequest = Omit<RequestCount, "hour" | "requests" | "lastAt"> & { id: string; receivedAt: number };

/** The start of the hour a moment lies in. */
export function hourOf(moment: number): number {
  return Math.floor(moment / HOUR) * HOUR;
}

/**
 * A statement that adds counts. An unowned count that names a source (from the path, before the look-up) goes to that
 * source if it exists and has that kind, and stays unowned otherwise: made-up names make no rows.
 */
export function addCounts(db: Database, counts: readonly RequestCount[]): Statement {
  return db.run(sql`
    INSERT INTO ${sourceCounts} (organization_id, source_id, source_kind, hour, outcome, reason, requests, last_at)
    SELECT
      coalesce(named.organization_id, counted.value ->> 'organizationId'),
      coalesce(named.id, iif(counted.value ->> 'organizationId' = '', '', counted.value ->> 'sourceId')),
      counted.value ->> 'sourceKind', counted.value ->> 'hour', counted.value ->> 'outcome', counted.value ->> 'reason',
      sum(counted.value ->> 'requests'), max(counted.value ->> 'lastAt')
    FROM json_each(${JSON.stringify(counts)}) AS counted
    LEFT JOIN ${sources} AS named ON counted.value ->> 'organizationId' = '' AND named.id = counted.value ->> 'sourceId'
      AND named.kind = counted.value ->> 'sourceKind' AND named.deleted_at IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6 ${ADDING}`);
}

/**
 * A statement that counts requests by outcome: only those the log does not hold yet, so it must come before the
 * statements that log them, in their batch. A message that comes twice is then counted once.
 */
export function countLogged(db: Database, requests: readonly LoggedRequest[]): Statement {
  const distinct = new Map(
    requests.map((one) => [`${one.organizationId} ${one.id}`, { ...one, hour: hourOf(one.receivedAt) }]),
  );
  return db.run(sql`
    INSERT INTO ${sourceCounts} (organization_id, source_id, source_kind, hour, outcome, reason, requests, last_at)
    SELECT
      logged.value ->> 'organizationId', logged.value ->> 'sourceId', logged.value ->> 'sourceKind',
      logged.value ->> 'hour', logged.value ->> 'outcome', logged.value ->> 'reason',
      count(*), max(logged.value ->> 'receivedAt')
    FROM json_each(${JSON.stringify([...distinct.values()])}) AS logged
    WHERE NOT EXISTS (
      SELECT 1 FROM ${inbound} AS known
      WHERE known.organization_id = logged.value ->> 'organizationId' AND known.id = logged.value ->> 'id')
    GROUP BY 1, 2, 3, 4, 5, 6 ${ADDING}`);
}

const ADDING = sql`
  ON CONFLICT (organization_id, source_id, source_kind, hour, outcome, reason)
  DO UPDATE SET requests = requests + excluded.requests, last_at = max(last_at, excluded.last_at)`;
