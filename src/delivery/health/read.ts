import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpointHealth, endpointHours, endpoints, undelivered } from "../../db/schema";
import { HOUR } from "../../lib/time";
import { LATENCY_BUCKETS } from "../object/counters";
import { FAILURE_CODES, type FailureCode } from "./failure-code";

/** The health of an endpoint over all its objects. Times in milliseconds. */
export type EndpointHealth = {
  endpointId: string;
  /** Where the counters below begin: a full hour. */
  since: number;
  attempts: number;
  delivered: number;
  failed: number;
  parked: number;
  /** Attempts that delivered, of all attempts; null without any. */
  successRate: number | null;
  /** Attempt durations in milliseconds, estimated from a histogram: exact to the bucket, not to the millisecond. */
  p50: number | null;
  p95: number | null;
  backlog: number;
  /** The due time of the delivery that has been due the longest. */
  oldestDueAt: number | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  /** Since when every attempt of every object failed. */
  failingSince: number | null;
  /** The last failure since then, and how many attempts failed; null while they succeed, and where it is not known. */
  failure: { code: FailureCode; status: number | null; failures: number } | null;
  /** When an object last reported; null when none ever did. */
  updatedAt: number | null;
};

/** The health of one endpoint of the organization, or of all of them, with counters from the hour of `since` on. */
export async function readHealth(
  db: Database,
  query: { organizationId: string; endpointId?: string; since: number },
): Promise<EndpointHealth[]> {
  const since = Math.floor(query.since / HOUR) * HOUR;
  const own = db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.organizationId, query.organizationId),
        sql`deleted_at IS NULL`,
        query.endpointId === undefined ? undefined : eq(endpoints.id, query.endpointId),
      ),
    );
  const [ids, states, hours] = await db.batch([
    own,
    db.select().from(endpointHealth).where(inArray(endpointHealth.endpointId, own)),
    db
      .select()
      .from(endpointHours)
      .where(and(inArray(endpointHours.endpointId, own), sql`hour >= ${since}`)),
  ]);
  return ids.map(({ id }) => ({
    endpointId: id,
    since,
    ...summed(hours.filter((hour) => hour.endpointId === id)),
    ...merged(states.filter((state) => state.endpointId === id)),
  }));
}

/**
 * How many endpoints of an organization are in trouble now, as `troubleOf` says: they fail, were disabled, or their objects
 * do not take what is for them. What every page shows, and so without what the last hours counted. Endpoints and what is
 * undelivered are asked apart and at once: they may live in two databases (ADR 0035).
 */
export async function countFailing(db: Database, organizationId: string): Promise<number> {
  const [own, waiting] = await Promise.all([judgedEndpoints(db, organizationId), withUndelivered(db, organizationId)]);
  return own.filter(({ id, active, failing }) => failing === 1 || (active === 1 && waiting.has(id))).length;
}

type Judged = { id: string; active: 0 | 1; failing: 0 | 1 };

/** The endpoints of an organization, and whether each fails or was disabled. */
function judgedEndpoints(db: Database, organizationId: string): Promise<Judged[]> {
  const fails = sql`EXISTS (SELECT 1 FROM ${endpointHealth} AS health WHERE health.endpoint_id = own.id
    GROUP BY health.endpoint_id HAVING max(health.failing_since) IS NOT NULL
      AND (max(health.last_failure_at) IS NULL OR coalesce(max(health.last_success_at), 0) < max(health.last_failure_at)))`;
  return db.all<Judged>(sql`SELECT own.id, own.active,
      CASE WHEN own.active THEN ${fails} ELSE own.disabled_reason IS NOT NULL END AS failing
    FROM ${endpoints} AS own WHERE own.organization_id = ${organizationId} AND own.deleted_at IS NULL`);
}

/** The endpoints of an organization for which anything is undelivered: one step of the index for each, however much it is. */
async function withUndelivered(db: Database, organizationId: string): Promise<ReadonlySet<string>> {
  const next = (after: SQL) => sql`(SELECT min(endpoint_id) FROM ${undelivered} INDEXED BY undelivered_by_organization
    WHERE organization_id = ${organizationId} AND endpoint_id > ${after})`;
  const rows = await db.all<{ id: string | null }>(sql`WITH RECURSIVE waiting (id) AS (
      SELECT ${next(sql`''`)} UNION ALL SELECT ${next(sql`waiting.id`)} FROM waiting WHERE waiting.id IS NOT NULL)
    SELECT id FROM waiting`);
  return new Set(rows.flatMap(({ id }) => id ?? []));
}

function summed(hours: readonly (typeof endpointHours.$inferSelect)[]) {
  const latencies = Array.from({ length: LATENCY_BUCKETS.length + 1 }, (_, bucket) =>
    hours.reduce((sum, hour) => sum + (hour.latencies[bucket] ?? 0), 0),
  );
  const total = (count: (hour: (typeof hours)[number]) => number) => hours.reduce((sum, hour) => sum + count(hour), 0);
  const attempts = total((hour) => hour.attempts);
  const delivered = total((hour) => hour.delivered);
  return {
    attempts,
    delivered,
    failed: total((hour) => hour.failed),
    parked: total((hour) => hour.parked),
    successRate: attempts === 0 ? null : delivered / attempts,
    p50: percentileOf(latencies, 0.5),
    p95: percentileOf(latencies, 0.95),
  };
}

function merged(states: readonly (typeof endpointHealth.$inferSelect)[]) {
  const lastSuccessAt = latest(states.map((one) => one.lastSuccessAt));
  const lastFailureAt = latest(states.map((one) => one.lastFailureAt));
  const streaks = states.flatMap((one) => one.failingSince ?? []);
  // A failing streak of one object counts for the endpoint only from the last success of any other object.
  const fails = streaks.length > 0 && (lastSuccessAt ?? 0) < (lastFailureAt ?? Infinity);
  const due = states.flatMap((one) => one.oldestDueAt ?? []);
  return {
    backlog: states.reduce((sum, one) => sum + one.backlog, 0),
    oldestDueAt: due.length > 0 ? Math.min(...due) : null,
    lastSuccessAt,
    lastFailureAt,
    failure: fails ? failureIn(states.filter((one) => one.failingSince !== null)) : null,
    failingSince: fails ? Math.max(Math.min(...streaks), lastSuccessAt ?? 0) : null,
    updatedAt: latest(states.map((one) => one.updatedAt)),
  };
}

/** The latest failure of the objects that fail, with the failures of all of them. */
function failureIn(states: readonly (typeof endpointHealth.$inferSelect)[]): EndpointHealth["failure"] {
  const [last] = states
    .filter(({ failureCode }) => failureCode !== null)
    .toSorted((one, other) => (other.lastFailureAt ?? 0) - (one.lastFailureAt ?? 0));
  if (!last) return null;
  const code = FAILURE_CODES.find((one) => one === last.failureCode) ?? "unknown";
  return { code, status: last.failureStatus, failures: states.reduce((sum, one) => sum + (one.failures ?? 0), 0) };
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.flatMap((time) => time ?? []);
  return known.length > 0 ? Math.max(...known) : null;
}

/**
 * The duration that this share of the attempts stays below, interpolated within its bucket. The last bucket is
 * open-ended.
 */
export function percentileOf(latencies: readonly number[], share: number): number | null {
  const total = latencies.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  for (const [bucket, count] of latencies.entries()) {
    const lower = bucket === 0 ? 0 : LATENCY_BUCKETS[bucket - 1]!;
    const upper = LATENCY_BUCKETS[bucket];
    if (count > 0 && before + count >= share * total) {
      return upper === undefined ? lower : Math.round(lower + ((share * total - before) / count) * (upper - lower));
    }
    before += count;
  }
  return null;
}
