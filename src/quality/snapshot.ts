import type { tasks } from "../db/schema";
import type { TaskSnapshot } from "../events";
import { toIso } from "../lib/time";

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
