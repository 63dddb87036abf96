import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../db/client";
import { valueList } from "../db/value-list";
import { insertRow, writeRow, type RowWrite } from "../db/rows";
import { operatorReferences, operators } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { FULL_REACH, type Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { insertMove, newMove, nudgeMove, type MoveDeps, type MoveRow } from "./moves";
import { readOperator } from "./operators";

/** The longest reference, in characters. */
export const MAX_REFERENCE = 200;

type Target = { organizationId: string; id: string };

/** The references of each of these operators, in order. Operators without references are left out. */
export async function referencesOf(
  db: Database,
  organizationId: string,
  operatorIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db
    .select()
    .from(operatorReferences)
    .where(
      and(
        eq(operatorReferences.organizationId, organizationId),
        inArray(operatorReferences.operatorId, valueList(operatorIds)),
      ),
    )
    .orderBy(operatorReferences.reference);
  const references = new Map<string, string[]>();
  for (const row of rows) references.set(row.operatorId, [...(references.get(row.operatorId) ?? []), row.reference]);
  return references;
}

/** The write that assigns a reference where `guard` is true and it is not assigned yet. */
export function learnReference(row: typeof operatorReferences.$inferSelect, guard?: SQL): RowWrite {
  return insertRow(operatorReferences, row, guard);
}

/**
 * Assigns a reference to an operator; the calls that carry it follow. Gives the move that brings them, or null where it
 * was assigned to this operator already. A reference of another operator is a conflict that names that operator.
 */
export async function addReference(
  deps: MoveDeps,
  target: Target,
  reference: string,
  { now }: Act,
): Promise<Result<MoveRow | null, DomainError>> {
  const { db } = deps;
  const operator = await readOperator(db, { ...target, reach: FULL_REACH });
  if (!operator.ok) return operator;
  const { organizationId, id } = target;
  const move = newMove({ organizationId, fromId: reference, intoId: id, kind: "reference" }, now);
  const results = await runBatch(db, [
    insertMove(db, move, sql`NOT EXISTS (${ownerOf(organizationId, reference)})`),
    writeRow(db, learnReference({ organizationId, reference, operatorId: id, createdAt: now })),
  ]);
  if (changesOf(results[0]) > 0) {
    await nudgeMove(deps, move);
    return ok(move);
  }
  const owner = await db
    .select({ id: operators.id, name: operators.name })
    .from(operatorReferences)
    .innerJoin(operators, eq(operators.id, operatorReferences.operatorId))
    .where(and(eq(operatorReferences.organizationId, organizationId), eq(operatorReferences.reference, reference)))
    .get();
  if (owner?.id === id) return ok(null);
  const whose = owner ? `is a reference of ${owner.name} (${owner.id})` : "was changed by somebody else just now";
  return err({ kind: "conflict", message: `${reference} ${whose}.` });
}

/** Removes a reference from an operator. Calls that were theirs only by it go back to the operators of their names. */
export async function removeReference(
  deps: MoveDeps,
  target: Target,
  reference: string,
  { now }: Act,
): Promise<Result<MoveRow, DomainError>> {
  const { db } = deps;
  const { organizationId, id } = target;
  const move = newMove({ organizationId, fromId: reference, intoId: id, kind: "reference" }, now);
  const results = await runBatch(db, [
    insertMove(db, move, sql`EXISTS (${ownerOf(organizationId, reference)} AND operator_id = ${id})`),
    db
      .delete(operatorReferences)
      .where(
        and(
          eq(operatorReferences.organizationId, organizationId),
          eq(operatorReferences.reference, reference),
          eq(operatorReferences.operatorId, id),
        ),
      ),
  ]);
  if (changesOf(results[0]) === 0) return err(notFound("reference of this operator"));
  await nudgeMove(deps, move);
  return ok(move);
}

function ownerOf(organizationId: string, reference: string): SQL {
  return sql`SELECT operator_id FROM ${operatorReferences}
    WHERE organization_id = ${organizationId} AND reference = ${reference}`;
}
