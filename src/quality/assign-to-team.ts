import { sql } from "drizzle-orm";
import { taskIdOf } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { writeRows } from "../db/rows";
import { tasks, teams } from "../db/schema";
import type { DomainError } from "../errors";
import { noteCause } from "../identity";
import { err, ok, type Result } from "../lib/result";

const NO_TASK: DomainError = { kind: "conflict", message: "The call has no open task." };

/**
 * Gives the open task of a call to a team: it is taken from the queue by its members, who are notified. One that somebody
 * has to review alone, or that is not open, stays as it is. `dueAt` undefined: as it was.
 */
export async function assignTaskToTeam(
  db: Database,
  {
    organizationId,
    callId,
    teamId,
    dueAt,
  }: { organizationId: string; callId: string; teamId: string; dueAt?: number | undefined },
  now: number,
): Promise<Result<undefined, DomainError>> {
  const id = taskIdOf(callId);
  const team = sql`(SELECT name FROM ${teams} WHERE id = ${teamId} AND organization_id = ${organizationId})`;
  const isOpen = sql`${tasks.id} = ${id} AND ${tasks.organizationId} = ${organizationId} AND ${tasks.state} = 'open'
    AND ${tasks.assigneeId} IS NULL AND ${team} IS NOT NULL`;
  const row = await db
    .select({ campaignId: tasks.campaignId, operatorId: tasks.operatorId })
    .from(tasks)
    .where(isOpen)
    .get();
  if (!row) return err(NO_TASK);
  const set = sql`team_id = ${teamId}, team_name = ${team}${dueAt === undefined ? sql`` : sql`, due_at = ${dueAt}`}`;
  const cause = { ...row, organizationId, kind: "task_assigned" as const, subjectId: id, teamId, createdAt: now };
  // Notified is a team that did not have it, whichever teams had it before: given back to one, it is notified again.
  const isNew = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE ${isOpen} AND ${tasks.teamId} IS NOT ${teamId})`;
  const results = await runBatch(db, [
    ...writeRows(db, [noteCause(cause, isNew, now)]),
    db.run(sql`UPDATE ${tasks} SET ${set} WHERE ${isOpen}`),
  ]);
  return changesOf(results.at(-1)) > 0 ? ok(undefined) : err(NO_TASK);
}
