import { and, sql, type SQL } from "drizzle-orm";
import { ofCallWithin, taskIdIn } from "../calls";
import type { Database } from "../db/client";
import { calls, reviews, tasks } from "../db/schema";
import type { Within } from "../identity";

// Open tasks that somebody has, that are due, or that were handed up: each is found by an index of its own.

/** Of the thousand that are late longest, those within reach; `more` says that there are others. Milliseconds. */
export type OverdueCount = { tasks: number; more: boolean; oldestDueAt: number | null };

/** How many tasks are open and were due before now. */
export async function countOverdue(
  db: Database,
  { organizationId, reach, now }: Within & { now: number },
): Promise<OverdueCount> {
  const counted = await db.get<{ all: number; tasks: number; oldest: number | null }>(
    sql`SELECT count(*) AS "all", coalesce(sum(reached), 0) AS tasks, min(CASE WHEN reached THEN due_at END) AS oldest
      FROM (SELECT due_at, ${ofCallWithin(sql`${tasks.callId}`, reach) ?? sql`1`} AS reached
        FROM ${tasks} INDEXED BY tasks_due WHERE ${isDue(organizationId, now)} ORDER BY due_at LIMIT ${EXACT + 1})`,
  );
  return { tasks: Math.min(counted.tasks, EXACT), more: counted.all > EXACT, oldestDueAt: counted.oldest };
}

/** Counts are exact up to here. */
const EXACT = 1_000;

type OpenTasks = {
  organizationId: string;
  reviewerId: string | undefined;
  dueBefore: number | undefined;
  escalated?: boolean | undefined;
};

/**
 * A query for the ids of the open tasks that one reviewer has, that are due, or both, or that were handed up; undefined where
 * none of it is asked.
 */
export function openTasks({ organizationId, reviewerId, dueBefore, escalated }: OpenTasks): SQL | undefined {
  const due = dueBefore === undefined ? undefined : isDue(organizationId, dueBefore);
  if (reviewerId === undefined && due === undefined && escalated === true)
    return sql`SELECT id FROM ${tasks} INDEXED BY tasks_escalated WHERE organization_id = ${organizationId}
      AND state = 'open' AND escalated_at IS NOT NULL`;
  if (reviewerId === undefined) return due && sql`SELECT id FROM ${tasks} INDEXED BY tasks_due WHERE ${due}`;
  // All three states, since they are the condition of the index.
  return sql`SELECT ${tasks.id} FROM ${reviews} INDEXED BY reviews_open CROSS JOIN ${tasks} ON ${tasks.id} = ${taskIdIn(reviews.callId)}
    WHERE ${reviews.organizationId} = ${organizationId} AND ${reviews.reviewerId} = ${reviewerId}
      AND ${reviews.state} IN ('assigned', 'in_progress', 'submitted') AND +${reviews.state} <> 'submitted'
      AND +${tasks.state} = 'open'
      ${dueBefore === undefined ? sql`` : sql`AND ${tasks.dueAt} < ${dueBefore}`}`;
}

/** The same, as SQL that is true for a call with its task. */
export function isAmong({ organizationId, reviewerId, dueBefore }: OpenTasks): SQL | undefined {
  // By no index of its own: the scan of the calls has found the task, and there are too many in the index.
  return and(
    dueBefore === undefined ? undefined : sql`+${tasks.state} = 'open' AND +${tasks.dueAt} < ${dueBefore}`,
    reviewerId === undefined
      ? undefined
      : sql`+${tasks.state} = 'open' AND EXISTS (SELECT 1 FROM ${reviews}
          WHERE ${reviews.callId} = ${calls.id} AND +${reviews.organizationId} = ${organizationId}
            AND +${reviews.reviewerId} = ${reviewerId} AND +${reviews.state} IN ('assigned', 'in_progress'))`,
  );
}

// The condition of its index, in literals.
function isDue(organizationId: string, before: number): SQL {
  return sql`${tasks.organizationId} = ${organizationId} AND ${tasks.state} = 'open' AND ${tasks.dueAt} IS NOT NULL
    AND ${tasks.dueAt} < ${before}`;
}
