import { and, desc, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sourceCounts, sources } from "../../db/schema";
import type { Within } from "../../identity";
import { sourcesWithin } from "../config";
import { hourOf, type HourlyCount } from "./counts";
import { judgeHealth, STATUS_SPAN } from "./judge";
import { judgeSources } from "./read";

/** Sources that are looked at for Home and for the line of the state: the newest. */
export const SOURCES_LOOKED_AT = 20;

/**
 * The sources that requests were counted of, as many of the newest as are read for that. More than are looked at: those that
 * were deleted or are paused have counts too.
 */
const COUNTED_SOURCES = 60;

/**
 * How many of the newest sources within a reach fail now, as `judgeSources` says: what every page shows. Sources and counts are
 * asked apart and at once: they may live in two databases (ADR 0035). `now` in milliseconds.
 */
export async function countFailingSources(
  db: Database,
  { organizationId, reach, now }: Within & { now: number },
): Promise<number> {
  const { id, kind } = sources;
  const [newest, counts] = await Promise.all([
    db
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
      .limit(SOURCES_LOOKED_AT),
    latestCounts(db, organizationId, hourOf(now - STATUS_SPAN) + 1),
  ]);
  const looked = Map.groupBy(counts, ({ sourceId, sourceKind }) => `${sourceKind} ${sourceId}`);
  const last = looked.size < COUNTED_SOURCES ? "" : counts.reduce((least, { sourceId }) => minOf(least, sourceId), "~");
  const failing = newest.filter((one) => {
    const own = looked
      .get(`${one.kind} ${one.id}`)
      ?.flatMap(({ hour, ...rest }) => (hour === null ? [] : { hour, ...rest }));
    return own !== undefined && judgeHealth("active", own, now).status === "failing";
  });
  // Of somebody who reaches older ones alone, behind so many others: these few are asked for by their names.
  const beyond = newest
    .filter((one) => one.id < last)
    .map((one) => ({ ...one, organizationId, state: "active" as const }));
  const verdicts = await judgeSources(db, organizationId, beyond, now);
  return failing.length + [...verdicts.values()].filter(({ status }) => status === "failing").length;
}

function minOf(one: string, other: string): string {
  return one < other ? one : other;
}

/** A source without counts of that time has one row, whose hour is null. */
type CountOfSource = Omit<HourlyCount, "hour"> & { hour: number | null; sourceId: string; sourceKind: string };

/**
 * What was counted of the newest sources of an organization since an hour: of each only the two latest hours with notices, since
 * these decide. One step of the key from each source to the next.
 */
function latestCounts(db: Database, organizationId: string, since: number): Promise<CountOfSource[]> {
  const next = (column: SQL) => sql`(SELECT ${column} FROM ${sourceCounts} AS older
    WHERE older.organization_id = ${organizationId} AND (older.source_id, older.source_kind) < (own.id, own.kind)
    ORDER BY older.source_id DESC, older.source_kind DESC LIMIT 1)`;
  return db.all<CountOfSource>(sql`
    WITH RECURSIVE own (id, kind, place) AS (
      SELECT * FROM (SELECT source_id, source_kind, 1 FROM ${sourceCounts} WHERE organization_id = ${organizationId}
        ORDER BY source_id DESC, source_kind DESC LIMIT 1)
      UNION ALL SELECT ${next(sql`older.source_id`)}, ${next(sql`older.source_kind`)}, own.place + 1 FROM own
        WHERE own.id IS NOT NULL AND own.place < ${COUNTED_SOURCES})
    SELECT own.id AS sourceId, own.kind AS sourceKind, counted.hour, counted.outcome, counted.reason, counted.requests,
      counted.last_at AS lastAt
    FROM own
    LEFT JOIN ${sourceCounts} AS counted ON counted.organization_id = ${organizationId} AND counted.source_id = own.id
      AND counted.source_kind = own.kind AND counted.hour >= max(${since}, coalesce((
        SELECT latest.hour FROM ${sourceCounts} AS latest
        WHERE latest.organization_id = ${organizationId} AND latest.source_id = own.id AND latest.source_kind = own.kind
          AND latest.hour >= ${since} AND latest.reason <> 'handshake'
        GROUP BY latest.hour ORDER BY latest.hour DESC LIMIT 1 OFFSET 1), 0))
    WHERE own.id IS NOT NULL ORDER BY counted.hour`);
}
