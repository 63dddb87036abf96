import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { endpointHealth, endpointHours, endpoints } from "../../db/schema";
import { DAY } from "../../lib/time";
import { writeRow } from "../../db/rows";
import type { HealthReport } from "../contract";
import { noteFailing } from "./note-endpoint";

/** How long hourly counters are kept. */
export const KEEP_HOURS = 30 * DAY;

/**
 * Writes a report of an object: its state replaces the earlier one, its counters are added to those of the other
 * objects. One batch. `now` in milliseconds.
 */
export async function writeHealth(
  db: Database,
  endpoint: { id: string; organizationId: string },
  report: HealthReport,
  now: number,
): Promise<void> {
  const { object, backlog, oldestDueAt, lastSuccessAt, lastFailureAt, failingSince, failure } = report;
  // An object that restarted starts counting anew and knows no earlier success; the row keeps the last one.
  const state = db
    .insert(endpointHealth)
    .values({
      endpointId: endpoint.id,
      object,
      organizationId: endpoint.organizationId,
      backlog,
      oldestDueAt,
      lastSuccessAt,
      lastFailureAt,
      failingSince,
      failureCode: failure?.code ?? null,
      failureStatus: failure?.status ?? null,
      failures: failure?.failures ?? 0,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [endpointHealth.endpointId, endpointHealth.object],
      set: {
        backlog,
        oldestDueAt,
        failingSince,
        updatedAt: now,
        lastSuccessAt: sql`coalesce(excluded.last_success_at, last_success_at)`,
        lastFailureAt: sql`coalesce(excluded.last_failure_at, last_failure_at)`,
        ...streakOf(failure !== undefined && failure !== null),
      },
    });
  const notes = noteFailing(endpoint, report, now).map((row) => writeRow(db, row));
  await runBatch(db, [...notes, state, ...report.hours.map((counted) => addHour(db, endpoint, counted))]);
}

/** Stores how much waits at an object, and nothing else: deliveries were erased there. */
export async function writeBacklog(
  db: Database,
  endpoint: { id: string },
  { object, backlog, oldestDueAt }: HealthReport,
  now: number,
): Promise<void> {
  await db
    .update(endpointHealth)
    .set({ backlog, oldestDueAt, updatedAt: now })
    .where(and(eq(endpointHealth.endpointId, endpoint.id), eq(endpointHealth.object, object)));
}

/**
 * What the columns of the streak become: its failures add up over the reports of one streak. A report of a streak without
 * a failure of its own is of an object that restarted, and leaves what is known.
 */
function streakOf(hasFailure: boolean) {
  const isSame = sql`(${endpointHealth}.failing_since IS excluded.failing_since AND excluded.failing_since IS NOT NULL)`;
  const known = sql`iif(${isSame}, coalesce(${endpointHealth}.failures, 0), 0)`;
  if (hasFailure)
    return {
      failureCode: sql`excluded.failure_code`,
      failureStatus: sql`excluded.failure_status`,
      failures: sql`${known} + excluded.failures`,
    };
  return {
    failureCode: sql`iif(${isSame}, ${endpointHealth}.failure_code, NULL)`,
    failureStatus: sql`iif(${isSame}, ${endpointHealth}.failure_status, NULL)`,
    failures: known,
  };
}

function addHour(
  db: Database,
  endpoint: { id: string; organizationId: string },
  counted: HealthReport["hours"][number],
): Statement {
  const { hour, attempts, delivered, failed, parked, latencies } = counted;
  return db
    .insert(endpointHours)
    .values({
      endpointId: endpoint.id,
      organizationId: endpoint.organizationId,
      hour,
      attempts,
      delivered,
      failed,
      parked,
      latencies,
    })
    .onConflictDoUpdate({
      target: [endpointHours.endpointId, endpointHours.hour],
      set: {
        attempts: sql`attempts + excluded.attempts`,
        delivered: sql`delivered + excluded.delivered`,
        failed: sql`failed + excluded.failed`,
        parked: sql`parked + excluded.parked`,
        latencies: sql`(SELECT json_group_array(known.value + more.value ORDER BY known.key)
          FROM json_each(endpoint_hours.latencies) AS known JOIN json_each(excluded.latencies) AS more ON more.key = known.key)`,
      },
    });
}

/** Statements that delete counters past their retention and the health of deleted endpoints. For the sweep. */
export function forgetOldHealth(db: Database, now: number): Statement[] {
  const gone = db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(sql`deleted_at IS NOT NULL`);
  return [
    db.delete(endpointHours).where(lt(endpointHours.hour, now - KEEP_HOURS)),
    db.delete(endpointHealth).where(inArray(endpointHealth.endpointId, gone)),
  ];
}
