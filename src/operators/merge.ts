import { and, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../db/client";
import { operators } from "../db/schema";
import { invalid, type DomainError } from "../errors";
import { FULL_REACH, type Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { chainFrom } from "./directory";
import { insertMove, newMove, nudgeMove, readMove, type MoveDeps, type MoveRow } from "./moves";
import { readOperator } from "./operators";

type Target = { organizationId: string; id: string };

/**
 * Declares that an operator is the same person as another one. New calls are placed accordingly at once; the returned
 * move, which starts at once, moves the existing ones. The operator's record is kept: `unmergeOperator` undoes the
 * merge.
 */
export async function mergeOperator(
  deps: MoveDeps,
  target: Target,
  intoId: string,
  { now }: Act,
): Promise<Result<MoveRow, DomainError>> {
  const { db } = deps;
  const { organizationId, id } = target;
  const [operator, into] = await Promise.all([
    readOperator(db, { ...target, reach: FULL_REACH }),
    readOperator(db, { organizationId, reach: FULL_REACH, id: intoId }),
  ]);
  if (!operator.ok) return operator;
  if (!into.ok) return err(invalid("into", "is no operator of this organization"));
  if (intoId === id) return err(invalid("into", "is this very operator"));
  if (operator.value.mergedInto !== null)
    return conflict(`This operator is merged into ${operator.value.mergedInto}. Undo that first.`);
  const move = newMove({ organizationId, fromId: id, intoId, kind: "merge" }, now);
  const [begun] = await runBatch(db, [
    insertMove(
      db,
      move,
      sql`EXISTS (SELECT 1 FROM ${operators} WHERE id = ${id} AND merged_into IS NULL)
      AND ${id} NOT IN ${chainFrom(sql`SELECT ${intoId}`)}`,
    ),
    setMergedInto(db, target, intoId, move),
  ]);
  if (changesOf(begun) > 0) {
    await nudgeMove(deps, move);
    return ok(move);
  }
  return conflict(`${into.value.name} is merged into this operator, or this one was merged just now.`);
}

/** Undoes a merge. The returned move brings the operator's calls back from wherever they are. */
export async function unmergeOperator(
  deps: MoveDeps,
  target: Target,
  { now }: Act,
): Promise<Result<MoveRow, DomainError>> {
  const { db } = deps;
  const { organizationId, id } = target;
  const operator = await readOperator(db, { ...target, reach: FULL_REACH });
  if (!operator.ok) return operator;
  const { mergedInto } = operator.value;
  if (mergedInto === null) return conflict("This operator is not merged into anybody.");
  // The end of the merge chain at the time of writing: the operator's calls are there, or on their way there.
  const end = sql`(SELECT last.id FROM operators AS last
    WHERE last.id IN ${chainFrom(sql`SELECT ${id}`)} AND last.merged_into IS NULL)`;
  const move = newMove({ organizationId, fromId: mergedInto, intoId: id, kind: "undo" }, now);
  const [begun] = await runBatch(db, [
    insertMove(
      db,
      { ...move, fromId: end },
      sql`EXISTS (SELECT 1 FROM ${operators} WHERE id = ${id} AND merged_into = ${mergedInto})`,
    ),
    setMergedInto(db, target, null, move),
  ]);
  if (changesOf(begun) === 0) return conflict("Somebody else changed this operator at the same time. Try again.");
  await nudgeMove(deps, move);
  return ok((await readMove(db, move)) ?? move);
}

/** Takes effect only when the batch started the move, so that both happen or neither. */
function setMergedInto(
  db: Database,
  { organizationId, id }: Target,
  mergedInto: string | null,
  move: MoveRow,
): Statement {
  const begun: SQL = sql`EXISTS (SELECT 1 FROM operator_moves AS begun
    WHERE begun.organization_id = ${organizationId} AND begun.id = ${move.id})`;
  return db
    .update(operators)
    .set({ mergedInto })
    .where(and(eq(operators.organizationId, organizationId), eq(operators.id, id), begun));
}

function conflict(message: string): Result<never, DomainError> {
  return err({ kind: "conflict", message });
}
