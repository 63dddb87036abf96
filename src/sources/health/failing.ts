import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sourceCounts, sources } from "../../db/schema";
import type { Within } from "../../identity";
import { sourcesWithin } from "../config";
import { hourOf, type HourlyCount } from "./counts";
import { judgeHealth, STATUS_SPAN } from "./judge";

/** Sources that are looked at for Home and for the line of the state: the newest. */
export const SOURCES_LOOKED_AT = 20;

/**
 * How many of the newest sources within a reach fail now, as `judgeSources` says: what every page shows. One query, which
 * reads of each source only the two latest hours with notices, since these decide. `now` in milliseconds.
 */
export async function countFailingSources(
  db: Database,
  { organizationId, reach, now }: Within & { now: number },
): Promise<number> {
  const { id, kind } = sources;
  const newest = db
    .select({ id, kind })
    .from(sources)
    .where(
      and(
        eq(sources.organizationId, organizationId),
        isNull(sources.deletedAt),
        eq(sources.state, "active"),
        sourcesWithin(reach),
      ),
    )
    .orderBy(desc(id))
    .limit(SOURCES_LOOKED_AT);
  const since = hourOf(now - STATUS_SPAN) + 1;
  const rows = await db.all<HourlyCount & { sourceId: string }>(sql`
    SELECT own.id AS sourceId, counted.hour, counted.outcome, counted.reason, counted.requests, counted.last_at AS lastAt
    FROM ${newest} AS own
    CROSS JOIN ${sourceCounts} AS counted ON counted.organization_id = ${organizationId} AND counted.source_id = own.id
      AND counted.source_kind = own.kind AND counted.hour >= max(${since}, coalesce((
        SELECT latest.hour FROM ${sourceCounts} AS latest
        WHERE latest.organization_id = ${organizationId} AND latest.source_id = own.id AND latest.source_kind = own.kind
          AND latest.hour >= ${since} AND latest.reason <> 'handshake'
        GROUP BY latest.hour ORDER BY latest.hour DESC LIMIT 1 OFFSET 1), 0))
    ORDER BY counted.hour`);
  const counts = Map.groupBy(rows, ({ sourceId }) => sourceId);
  return [...counts.values()].filter((own) => judgeHealth("active", own, now).status === "failing").length;
}
