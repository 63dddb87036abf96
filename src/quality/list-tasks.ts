import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import { amongScanned, endOfScan, byIndex, scannedPage, type ScannedPage } from "../calls";
import type { Database } from "../db/client";
import { calls, tasks } from "../db/schema";
import type { TaskRow } from "./snapshot";

export type TaskFilter = { state?: TaskRow["state"]; campaignId?: string; operatorId?: string };

/** The position of a page: after the task of this call, which began at this time. */
export type TaskPosition = { startedAt: number; callId: string };

/** A task with the time its call began, by which the list is ordered. */
export type ListedTask = { task: TaskRow; startedAt: number };

/**
 * The organization's tasks, those of the newest calls first. Campaign and operator (a task has those of its call) are
 * found by index; the state is scanned for in a limited number of calls per page.
 */
export async function listTasks(
  db: Database,
  query: { organizationId: string; filter?: TaskFilter; limit: number; after?: TaskPosition },
): Promise<ScannedPage<ListedTask>> {
  const { organizationId, limit } = query;
  const { state, ...found } = query.filter ?? {};
  const after = query.after && { startedAt: query.after.startedAt, id: query.after.callId };
  const range = byIndex({ ...found, organizationId, after });
  const rows = (where: SQL | undefined) =>
    db
      .select({ task: tasks, startedAt: calls.startedAt })
      .from(calls)
      // `taskIdOf` in SQL: a call has at most one task, found by primary key and not by an index of its own.
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
  if (state === undefined) return { rows: await rows(range), scannedTo: null };
  const [page, [end]] = await db.batch([rows(amongScanned(range)), endOfScan(db, range)]);
  return scannedPage(page, limit, end);
}
