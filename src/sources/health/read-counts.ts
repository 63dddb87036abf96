import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sourceCounts } from "../../db/schema";
import type { RequestCount } from "./count";

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
  sources: readonly Named[],
  since: number,
): Promise<Map<string, HourlyCount[]>> {
  const counts = new Map<string, HourlyCount[]>(sources.map(({ id }) => [id, []]));
  if (sources.length === 0) return counts;
  const asked = JSON.stringify(sources.map(({ id, kind }) => ({ id, kind })));
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
