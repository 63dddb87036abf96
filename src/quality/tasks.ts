import { tasks, calls } from "../db/schema";
import type { TaskSnapshot } from "../events";
import { toIso } from "../lib/time";
import { sql, type SQL, and, eq, desc } from "drizzle-orm";
import { ofCallWithin, taskIdOf, type CallRow, rangeOf, readPage, type ScannedPage } from "../calls";
import { assignments, insertRow, type RowWrite } from "../db/rows";
import type { Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";

export type TaskRow = typeof tasks.$inferSelect;

/** The public shape of a task. */
export function snapshotTask(row: TaskRow): TaskSnapshot {
  return {
    id: row.id,
    call_id: row.callId,
    recording_id: row.recordingId,
    campaign_id: row.campaignId,
    operator_id: row.operatorId,
    state: row.state,
    created_at: toIso(row.createdAt),
  };
}

/** The task of a call whose recording was stored. Its id is derived from the call's, so there is at most one. */
export function newTask(call: CallRow, recordingId: string, now: number): TaskRow {
  return {
    id: taskIdOf(call.id),
    callId: call.id,
    organizationId: call.organizationId,
    campaignId: call.campaignId,
    operatorId: call.operatorId,
    recordingId,
    state: "open",
    createdAt: now,
  };
}

/** The write that adds the task where `guard` is true, unless the call has one. */
export function createTask(row: TaskRow, guard: SQL): RowWrite {
  return insertRow(tasks, row, guard);
}

/** The write that moves the call's task, if any, to the call's campaign and operator, where `guard` is true. */
export function moveTask({ id, campaignId, operatorId }: CallRow, guard: SQL): RowWrite {
  return {
    write: sql`UPDATE ${tasks} SET ${assignments(tasks, { campaignId, operatorId })}`,
    when: sql`${tasks.id} = ${taskIdOf(id)} AND ${guard}`,
  };
}

/** SQL that is true when the call has no task yet. */
export function hasNoTask(callId: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${taskIdOf(callId)})`;
}

/** One task of the organization, if its call is within reach. */
export async function readTask(db: Database, target: Within & { id: string }): Promise<Result<TaskRow, DomainError>> {
  const row = await db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.organizationId, target.organizationId),
        eq(tasks.id, target.id),
        ofCallWithin(sql`${tasks.callId}`, target.reach),
      ),
    )
    .get();
  return row ? ok(row) : err(notFound("task"));
}

export type TaskFilter = { state?: TaskRow["state"]; campaignId?: string; operatorId?: string };

/** The position of a page: after the task of this call, which began at this time. */
export type TaskPosition = { startedAt: number; callId: string };

/** A task with the time its call began, by which the list is ordered. */
export type ListedTask = { task: TaskRow; startedAt: number };

/**
 * The organization's tasks of calls within a reach, those of the newest calls first. Campaign and operator (a task has those of its call) are
 * found by index; the state is scanned for in a limited number of calls per page.
 */
export async function listTasks(
  db: Database,
  query: Within & { filter?: TaskFilter; limit: number; after?: TaskPosition },
): Promise<ScannedPage<ListedTask>> {
  const { organizationId, reach, limit } = query;
  const { state, ...found } = query.filter ?? {};
  const after = query.after && { startedAt: query.after.startedAt, id: query.after.callId };
  const range = rangeOf({ ...found, organizationId, reach, after });
  const ofState = state && eq(tasks.state, state);
  return readPage<ListedTask>(db, range, { limit, matching: ofState }, (where) =>
    db
      .select({ task: tasks, startedAt: calls.startedAt })
      .from(calls)
      // `taskIdOf` in SQL: a call has at most one task, found by primary key and not by an index of its own.
      .innerJoin(tasks, eq(tasks.id, sql`'task_' || substr(${calls.id}, 6)`))
      .where(
        and(
          where,
          eq(tasks.organizationId, organizationId),
          after && sql`(${calls.startedAt}, ${calls.id}) < (${after.startedAt}, ${after.id})`,
        ),
      )
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(limit),
  );
}
