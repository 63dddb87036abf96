import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import { amongLookedAt, edgeOfLook, foundByIndex, lookedPage, type Looked } from "../calls";
import type { Database } from "../db/client";
import { calls, tasks } from "../db/schema";
import type { TaskRow } from "./snapshot";

export type TaskFilter = { state?: TaskRow["state"]; campaignId?: string; operatorId?: string };

/** Where a list goes on: after the task of this call, which began at this moment. */
export type TaskPosition = { startedAt: number; callId: string };

/** A task with the moment its call began, which is what the list is ordered by. */
export type ListedTask = { task: TaskRow; startedAt: number };

/**
 * The organization's tasks, those of the newest calls first. Campaign and operator (a task's are its call's) are found by
 * index; a state is looked for in so many calls for one page.
 */
export async function listTasks(
  db: Database,
  query: { organizationId: string; filter?: TaskFilter; limit: number; after?: TaskPosition },
): Promise<Looked<ListedTask>> {
  const { organizationId, limit } = query;
  const { state, ...found } = query.filter ?? {};
  const after = query.after && { startedAt: query.after.startedAt, id: query.after.callId };
  const range = foundByIndex({ ...found, organizationId, after });
  const rows = (where: SQL | undefined) =>
    db
      .select({ task: tasks, startedAt: calls.startedAt })
      .from(calls)
      // `taskIdOf` in SQL: a call has at most one task, found by the primary key instead of an index of its own.
      .innerJoin(tasks, eq(tasks.id, sql`'task_' || substr(${calls.id}, 6)`))
      .where(
        and(
          where,
          eq(tasks.organizationId, organizationId),
          state && eq(tasks.state, state),
          after && sql`(${calls.startedAt}, ${calls.id}) < (${after.startedAt}, ${after.id})`,
        ),
      )
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(limit);
  if (state === undefined) return { rows: await rows(range), lookedTo: null };
  const [page, [edge]] = await db.batch([rows(amongLookedAt(range)), edgeOfLook(db, range)]);
  return lookedPage(page, limit, edge);
}
