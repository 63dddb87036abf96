import { and, eq, sql, type SQL } from "drizzle-orm";
import { taskIdOf, type CallRow } from "../calls";
import type { Database, Statement } from "../db/client";
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

/** A statement that adds the task where `guard` is true, unless the call has one. */
export function createTask(db: Database, row: TaskRow, guard: SQL): Statement {
  return db.run(sql`
    INSERT INTO ${tasks} (id, call_id, organization_id, campaign_id, operator_id, recording_id, state, created_at)
    SELECT ${row.id}, ${row.callId}, ${row.organizationId}, ${row.campaignId}, ${row.operatorId}, ${row.recordingId},
      'open', ${row.createdAt}
    WHERE ${guard} ON CONFLICT DO NOTHING`);
}

/**
 * A statement that moves the call's task, if any, to the call's current campaign and operator, where `guard` is true.
 */
export function moveTask(db: Database, call: CallRow, guard: SQL): Statement {
  return db
    .update(tasks)
    .set({ campaignId: call.campaignId, operatorId: call.operatorId })
    .where(and(eq(tasks.id, taskIdOf(call.id)), guard));
}

/** SQL that is true when the call has no task yet. */
export function hasNoTask(callId: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${taskIdOf(callId)})`;
}
