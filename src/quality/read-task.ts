import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { tasks } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { TaskRow } from "./snapshot";

/** One task of the organization. */
export async function readTask(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<TaskRow, DomainError>> {
  const row = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.organizationId, target.organizationId), eq(tasks.id, target.id)))
    .get();
  return row ? ok(row) : err(notFound("task"));
}
