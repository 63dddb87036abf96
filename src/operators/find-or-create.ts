import type { Database, Statement } from "../db/client";
import { operators } from "../db/schema";
import { digestOf } from "../lib/id";
import { foldName, looksLikeExtension } from "./fold-name";

export type OperatorRow = typeof operators.$inferSelect;

/** The id of the operator with this name: derived, so that nobody has to read before writing. */
export async function operatorIdOf(organizationId: string, name: string): Promise<string> {
  return `opr_${await digestOf([organizationId, foldName(name)])}`;
}

/** The operator's id, and the statement for the caller's batch after which the operator exists. */
export async function ensureOperator(
  db: Database,
  input: { organizationId: string; name: string; now: number },
): Promise<{ id: string; statement: Statement }> {
  const id = await operatorIdOf(input.organizationId, input.name);
  const statement = db
    .insert(operators)
    .values({
      id,
      organizationId: input.organizationId,
      name: input.name.replace(/\s+/g, " ").trim(),
      foldedName: foldName(input.name),
      needsReview: looksLikeExtension(input.name),
      createdAt: input.now,
    })
    .onConflictDoNothing();
  return { id, statement };
}
