import { and, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { inbound, sourceCounts, sources, type InboundOutcome } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { HOUR, DAY } from "../../lib/time";

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
 * Adds counts. An unowned count that names a source (from the path, before the look-up) goes to that source if it
 * exists and has that kind, and stays unowned otherwise: made-up names make no rows. Sources are asked first and by
 * themselves: they have another home than counts.
 */
export async function addCounts(db: Database, counts: readonly RequestCount[]): Promise<void> {
  const named = counts.flatMap(({ organizationId, sourceId }) => (organizationId === "" ? sourceId : []));
  const owners = await ownersOf(db, named);
  const owned = counts.map((count) => {
    if (count.organizationId !== "") return count;
    const organizationId = owners.get(`${count.sourceKind} ${count.sourceId}`);
    return organizationId === undefined ? { ...count, sourceId: "" } : { ...count, organizationId };
  });
  await db.run(sql`
    INSERT INTO ${sourceCounts} (organization_id, source_id, source_kind, hour, outcome, reason, requests, last_at)
    SELECT
      counted.value ->> 'organizationId', counted.value ->> 'sourceId', counted.value ->> 'sourceKind',
      counted.value ->> 'hour', counted.value ->> 'outcome', counted.value ->> 'reason',
      sum(counted.value ->> 'requests'), max(counted.value ->> 'lastAt')
    FROM json_each(${JSON.stringify(owned)}) AS counted WHERE TRUE
    GROUP BY 1, 2, 3, 4, 5, 6 ${ADDING}`);
}

/** The organizations of sources that are not deleted, by kind and id. */
async function ownersOf(db: Database, sourceIds: readonly string[]): Promise<Map<string, string>> {
  const ids = sourceIds.filter((id) => id !== "");
  if (ids.length === 0) return new Map();
  const { id, kind, organizationId } = sources;
  const rows = await db
    .select({ id, kind, organizationId })
    .from(sources)
    .where(and(inArray(id, valueList(ids)), isNull(sources.deletedAt)));
  return new Map(rows.map((row) => [`${row.kind} ${row.id}`, row.organizationId]));
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

/** One source's counts of an hour. */
export type HourlyCount = Pick<RequestCount, "hour" | "outcome" | "reason" | "requests" | "lastAt">;

type Named = { id: string; kind: string };

/**
 * The counts of each source since a moment, and those of the last hour in which anything came where that was before it:
 * one query, by primary key, however many sources are asked about. Oldest hour first.
 */
export async function readCounts(
  db: Database,
  organizationId: string,
  named: readonly Named[],
  since: number,
): Promise<Map<string, HourlyCount[]>> {
  const counts = new Map<string, HourlyCount[]>(named.map(({ id }) => [id, []]));
  if (named.length === 0) return counts;
  const asked = JSON.stringify(named.map(({ id, kind }) => ({ id, kind })));
  const rows = await db.all<HourlyCount & { sourceId: string }>(sql`
    SELECT counted.source_id AS sourceId, counted.hour, counted.outcome, counted.reason, counted.requests,
      counted.last_at AS lastAt
    FROM json_each(${asked}) AS asked
    CROSS JOIN ${sourceCounts} AS counted ON counted.organization_id = ${organizationId}
      AND counted.source_id = asked.value ->> 'id' AND counted.source_kind = asked.value ->> 'kind'
      AND counted.hour >= min(${since}, (
        SELECT last.hour FROM ${sourceCounts} AS last
        WHERE last.organization_id = ${organizationId} AND last.source_id = asked.value ->> 'id'
          AND last.source_kind = asked.value ->> 'kind'
        ORDER BY last.hour DESC LIMIT 1))
    ORDER BY counted.hour`);
  for (const { sourceId, ...count } of rows) counts.get(sourceId)?.push(count);
  return counts;
}

/** When the source's last accepted request came, in milliseconds; undefined when none is counted any more. */
export async function lastAcceptedAt(db: Database, organizationId: string, source: Named): Promise<number | undefined> {
  const row = await db.get<{ lastAt: number } | undefined>(sql`
    SELECT last_at AS lastAt FROM ${sourceCounts}
    WHERE organization_id = ${organizationId} AND source_id = ${source.id} AND source_kind = ${source.kind}
      AND outcome = 'accepted'
    ORDER BY hour DESC LIMIT 1`);
  return row?.lastAt;
}

export type UnownedRefusals = Pick<RequestCount, "sourceKind" | "hour" | "reason" | "requests" | "lastAt">;

/**
 * Refusals that belong to no organization, by hour, platform and reason; latest hour first. `kinds` are the platforms
 * asked about, which makes it a search by key. Moments in milliseconds, `until` not included.
 */
export async function listRefusals(
  db: Database,
  span: { from: number; until: number; limit: number },
  kinds: readonly string[],
): Promise<UnownedRefusals[]> {
  return db.all<UnownedRefusals>(sql`
    SELECT counted.source_kind AS sourceKind, counted.hour, counted.reason, counted.requests, counted.last_at AS lastAt
    FROM json_each(${JSON.stringify(kinds)}) AS kind
    CROSS JOIN ${sourceCounts} AS counted ON counted.organization_id = '' AND counted.source_id = ''
      AND counted.source_kind = kind.value AND counted.hour >= ${span.from} AND counted.hour < ${span.until}
    WHERE counted.outcome = 'refused'
    ORDER BY counted.hour DESC, counted.requests DESC LIMIT ${span.limit}`);
}

/** How long counts are kept. What came before is as if it had never come. */
export const KEEP_COUNTS = 90 * DAY;

/** A statement that deletes at most `limit` counts that are past their time. */
export function forgetOldCounts(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${sourceCounts}
    WHERE (organization_id, source_id, source_kind, hour, outcome, reason) IN (
      SELECT organization_id, source_id, source_kind, hour, outcome, reason
      FROM ${sourceCounts} WHERE hour < ${now - KEEP_COUNTS} LIMIT ${limit})`);
}
