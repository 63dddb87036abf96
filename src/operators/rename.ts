import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { operators } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { OperatorRow } from "./find-or-create";
import { looksLikeExtension } from "./fold-name";

/**
 * Changes the name people see, and so settles a review. The folded name stays: it is what platforms send and what the
 * id is derived from, so calls under the old name keep finding this operator.
 */
export async function renameOperator(
  db: Database,
  target: { organizationId: string; id: string },
  name: string,
): Promise<Result<OperatorRow, DomainError>> {
  const row = await db
    .update(operators)
    .set({ name, needsReview: looksLikeExtension(name) })
    .where(and(eq(operators.organizationId, target.organizationId), eq(operators.id, target.id)))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("operator"));
}
