import { and, eq, sql, type SQL } from "drizzle-orm";
import { taskIdOf, type CallRow } from "../calls";
import type { Database, Statement } from "../db/client";
import { tasks } from "../db/schema";
import type { TaskRow } from "./snapshot";

/** The task of a call whose recording was kept. Its id is the call's: there can be one. */
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

/** Statement that adds the task where `guard` holds, unless the call has one. */
export function createTask(db: Database, row: TaskRow, guard: SQL): Statement {
  return db.run(sql`
    INSERT INTO ${tasks} (id, call_id, organization_id, campaign_id, operator_id, recording_id, state, created_at)
    SELECT ${row.id}, ${row.callId}, ${row.organizationId}, ${row.campaignId}, ${row.operatorId}, ${row.recordingId},
      'open', ${row.createdAt}
    WHERE ${guard} ON CONFLICT DO NOTHING`);
}

/** Statement that takes the call's task, if it has one, to where the call now is, where `guard` holds. */
export function moveTask(db: Database, call: CallRow, guard: SQL): Statement {
  return db
    .update(tasks)
    .set({ campaignId: call.campaignId, operatorId: call.operatorId })
    .where(and(eq(tasks.id, taskIdOf(call.id)), guard));
}

/** SQL that holds when the call has no task yet. */
export function hasNoTask(callId: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${taskIdOf(callId)})`;
}
