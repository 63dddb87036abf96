import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { operators } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { OperatorRow } from "./find-or-create";

/** One operator of the organization. */
export async function readOperator(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<OperatorRow, DomainError>> {
  const row = await db
    .select()
    .from(operators)
    .where(and(eq(operators.organizationId, target.organizationId), eq(operators.id, target.id)))
    .get();
  return row ? ok(row) : err(notFound("operator"));
}
