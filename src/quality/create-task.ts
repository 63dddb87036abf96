import { sql, type SQL } from "drizzle-orm";
import { taskIdOf, type CallRow } from "../calls";
import { assignments, insertRow, type RowWrite } from "../db/rows";
import { tasks } from "../db/schema";
import type { TaskRow } from "./snapshot";

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
