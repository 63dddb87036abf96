import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls, tasks } from "../db/schema";
import type { TaskRow } from "./snapshot";

export type TaskFilter = { state?: TaskRow["state"]; campaignId?: string; operatorId?: string };

/** Where a list goes on: after the task of this call, which began at this moment. */
export type TaskPosition = { startedAt: number; callId: string };

/** A task with the moment its call began, which is what the list is ordered by. */
export type ListedTask = { task: TaskRow; startedAt: number };

/** The organization's tasks, those of the newest calls first. */
export async function listTasks(
  db: Database,
  query: { organizationId: string; filter?: TaskFilter; limit: number; after?: TaskPosition },
): Promise<ListedTask[]> {
  const { after, filter } = query;
  return (
    db
      .select({ task: tasks, startedAt: calls.startedAt })
      .from(calls)
      // `taskIdOf` in SQL: a call has at most one task, found by the primary key instead of an index of its own.
      .innerJoin(tasks, eq(tasks.id, sql`'task_' || substr(${calls.id}, 6)`))
      .where(
        and(
          eq(calls.organizationId, query.organizationId),
          eq(tasks.organizationId, query.organizationId),
          filter?.state && eq(tasks.state, filter.state),
          filter?.campaignId === undefined ? undefined : eq(tasks.campaignId, filter.campaignId),
          filter?.operatorId === undefined ? undefined : eq(tasks.operatorId, filter.operatorId),
          after && sql`(${calls.startedAt}, ${calls.id}) < (${after.startedAt}, ${after.callId})`,
        ),
      )
      .orderBy(desc(calls.startedAt), desc(calls.id))
      .limit(query.limit)
  );
}
