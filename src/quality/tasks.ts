import { calls, reviews, tasks, teams, type ReviewingSettings } from "../db/schema";
import type { TaskSnapshot } from "../events";
import { toIso } from "../lib/time";
import { sql, type SQL, and, eq, not } from "drizzle-orm";
import {
  beganWithin,
  byBeginning,
  callIdOfTask,
  callsWithin,
  ofCallWithin,
  ofOrganization,
  rangeOf,
  readPage,
  taskIdIn,
  taskIdOf,
  type CallRow,
  type ScannedPage,
} from "../calls";
import { comesAfter, type Order } from "../db/order";
import { assignments, insertRow, type RowWrite } from "../db/rows";
import type { Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import { isAmong, openTasks } from "./open-tasks";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";

export type TaskRow = typeof tasks.$inferSelect;

/** The team that the tasks of a campaign go to: its name, and its id where there is one of that name. */
export type Assignment = { teamName: string; teamId: string | null };

/** A task as it was read: what it is assigned to may have been deleted since. */
export type ReadTask = TaskRow & { teamStands: boolean };

/** The public shape of a task. Work of a team that is not there is unassigned, and has a warning. */
export function snapshotTask(row: TaskRow | ReadTask): TaskSnapshot {
  const isGone = row.teamId !== null && "teamStands" in row && !row.teamStands;
  return {
    id: row.id,
    call_id: row.callId,
    recording_id: row.recordingId,
    campaign_id: row.campaignId,
    operator_id: row.operatorId,
    state: row.state,
    team_id: isGone ? null : row.teamId,
    warning: isGone ? "team_deleted" : row.teamName !== null && row.teamId === null ? "unknown_team" : null,
    assignee_id: row.assigneeId,
    due_at: toIso(row.dueAt),
    wanted: row.wanted,
    blind: row.blind,
    closed: closingOf(row),
    created_at: toIso(row.createdAt),
  };
}

function closingOf({ state, closedReason, closedNote, closedAt }: TaskRow): TaskSnapshot["closed"] {
  if (state !== "closed" || closedReason === null || closedAt === null) return null;
  return { reason: closedReason, note: closedNote, at: toIso(closedAt) };
}
/** What a campaign wants done with the tasks of its calls. */
export type TaskRules = { assignment: Assignment | null; reviewing: ReviewingSettings | null };

/** When rules look at a task that was chosen for review already: at once, and no sample draws it again. */
export const HANDED_ON = 0;

/** The task of a call whose recording was stored. Its id is derived from the call's, so there is at most one. */
export function newTask(
  call: CallRow,
  recordingId: string,
  { assignment, reviewing }: TaskRules,
  now: number,
): TaskRow {
  return {
    id: taskIdOf(call.id),
    callId: call.id,
    organizationId: call.organizationId,
    campaignId: call.campaignId,
    operatorId: call.operatorId,
    recordingId,
    state: "open",
    createdAt: now,
    teamId: assignment?.teamId ?? null,
    teamName: assignment?.teamName ?? null,
    assigneeId: null,
    place: now,
    leaseUntil: 0,
    reviewId: null,
    dueAt: null,
    wanted: reviewing?.opinions?.wanted ?? 1,
    escalatedAt: null,
    closedReason: null,
    closedNote: null,
    closedAt: null,
    writer: null,
    // Costs a row of an index, only where the campaign has such rules.
    assignAt: reviewing === null ? null : now,
    blind: reviewing?.opinions?.blind ?? false,
  };
}

/** The write that adds the task where `guard` is true, unless the call has one. */
export function createTask(row: TaskRow, guard: SQL): RowWrite {
  return insertRow(tasks, row, guard);
}

/**
 * The writes that move the call's task and its reviews, if any, to the call's campaign and operator, where `guard` is
 * true. In a campaign that it was not in before, it comes behind those that wait: its clock begins (service-levels).
 */
export function moveTask({ id, campaignId, operatorId }: CallRow, guard: SQL, now: number): RowWrite[] {
  const place = sql`place = CASE WHEN campaign_id IS ${campaignId} THEN place ELSE ${now} END`;
  return [
    {
      write: sql`UPDATE ${tasks} SET ${assignments(tasks, { campaignId, operatorId })}, ${place}`,
      when: sql`${tasks.id} = ${taskIdOf(id)} AND ${guard}`,
    },
    {
      write: sql`UPDATE ${reviews} SET ${assignments(reviews, { campaignId, operatorId })}`,
      when: sql`${reviews.callId} = ${id} AND ${guard}`,
    },
  ];
}

/** SQL that is true when the call has no task yet. */
export function hasNoTask(callId: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${taskIdOf(callId)})`;
}

/** One task of the organization, if its call is within reach. */
export async function readTask(db: Database, target: Within & { id: string }): Promise<Result<ReadTask, DomainError>> {
  const row = await db
    .select({ task: tasks, teamStands: TEAM_STANDS })
    .from(tasks)
    .where(
      and(
        eq(tasks.organizationId, target.organizationId),
        eq(tasks.id, target.id),
        ofCallWithin(sql`${tasks.callId}`, target.reach),
      ),
    )
    .get();
  return row ? ok({ ...row.task, teamStands: row.teamStands }) : err(notFound("task"));
}

// Asked when a task is read: a team is deleted without touching its tasks, however many they are.
const TEAM_STANDS = sql<boolean>`EXISTS (SELECT 1 FROM ${teams} WHERE ${teams.id} = ${tasks.teamId})`.mapWith(Boolean);

export type TaskFilter = {
  state?: TaskRow["state"];
  campaignId?: string;
  operatorId?: string;
  teamId?: string;
  /** Who alone is to review it. */
  assigneeId?: string;
  /** Who has begun a review of it, or is to review it next. Only what is open. */
  reviewerId?: string;
  /** Open, and due before this moment, in milliseconds. */
  dueBefore?: number;
  /** Whether a team has it. */
  assigned?: boolean;
  /** Whether it was handed up, and waits for somebody to decide or to choose. */
  escalated?: boolean;
  /** When the call began, in milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
};

/** The position of a page: after the task of this call, which began at this time. */
export type TaskPosition = { startedAt: number; callId: string };

/** A task with the time its call began, by which the list is ordered. */
export type ListedTask = { task: ReadTask; startedAt: number };

/** What one reviewer has, or what is due, is found by an index as long as it is no more than this; else it is scanned for. */
const MOST_FOUND = 500;

/**
 * The organization's tasks of calls within a reach, those of the newest calls first. Campaign and operator (a task has
 * those of its call) are found by index, as is what one reviewer has and what is due; state and team are scanned for in
 * a limited number of calls per page.
 */
export async function listTasks(
  db: Database,
  query: Within & { filter?: TaskFilter; limit: number; after?: TaskPosition; order?: Order },
): Promise<ScannedPage<ListedTask>> {
  const { organizationId, reach, limit, order = "descending" } = query;
  const { state, teamId, assigneeId, assigned, escalated, reviewerId, dueBefore, ...found } = query.filter ?? {};
  const after = query.after && { startedAt: query.after.startedAt, id: query.after.callId };
  const open = openTasks({ organizationId, reviewerId, dueBefore, escalated });
  const matching = and(
    state && eq(tasks.state, state),
    teamId === undefined ? undefined : eq(tasks.teamId, teamId),
    assigneeId === undefined ? undefined : eq(tasks.assigneeId, assigneeId),
    assigned === undefined ? undefined : assigned ? TEAM_STANDS : not(TEAM_STANDS),
    escalated === undefined
      ? undefined
      : sql`(${tasks.state} = 'open' AND ${tasks.escalatedAt} IS NOT NULL) = ${escalated}`,
  );
  const rows = (where: SQL | undefined) =>
    db
      .select({ task: tasks, teamStands: TEAM_STANDS, startedAt: calls.startedAt })
      .from(calls)
      // A call has at most one task, found by primary key and not by an index of its own.
      .innerJoin(tasks, eq(tasks.id, taskIdIn(calls.id)))
      .where(
        and(
          where,
          eq(tasks.organizationId, organizationId),
          after && sql`(${calls.startedAt}, ${calls.id}) ${comesAfter(order)} (${after.startedAt}, ${after.id})`,
        ),
      )
      .orderBy(byBeginning(order))
      .limit(limit);
  const few = open && (await db.all<{ id: string }>(sql`${open} LIMIT ${MOST_FOUND + 1}`));
  if (few && few.length <= MOST_FOUND) {
    const among = ofOrganization(
      organizationId,
      few.map(({ id }) => callIdOfTask(id)),
    );
    const { campaignId, operatorId } = found;
    const where = and(
      ...among,
      callsWithin(reach),
      campaignId === undefined ? undefined : eq(calls.campaignId, campaignId),
      operatorId === undefined ? undefined : eq(calls.operatorId, operatorId),
      beganWithin(found),
      matching,
    );
    return { rows: (await rows(where)).map(listed), scannedTo: null };
  }
  const range = rangeOf({ ...found, organizationId, reach, after, order });
  const isAsked = and(matching, isAmong({ organizationId, reviewerId, dueBefore }));
  const page = await readPage(db, range, { limit, matching: isAsked }, rows);
  return { ...page, rows: page.rows.map(listed) };
}

function listed({
  task,
  teamStands,
  startedAt,
}: {
  task: TaskRow;
  teamStands: boolean;
  startedAt: number;
}): ListedTask {
  return { task: { ...task, teamStands }, startedAt };
}
