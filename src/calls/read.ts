import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { CallRow } from "./snapshot";

/** One call of the organization. */
export async function readCall(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<CallRow, DomainError>> {
  const row = await db
    .select()
    .from(calls)
    .where(and(eq(calls.organizationId, target.organizationId), eq(calls.id, target.id)))
    .get();
  return row ? ok(row) : err(notFound("call"));
}
