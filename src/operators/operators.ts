import { and, eq, isNotNull, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { insertRow, type RowWrite } from "../db/rows";
import { operators } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import type { Act, Within } from "../identity";
import { digestOf } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { looksLikeExtension } from "./extension";
import { foldName } from "../lib/fold-name";
import { operatorsWithin } from "./within-reach";

export type OperatorRow = typeof operators.$inferSelect;

/** The position of a page: after the operator with this folded name, which is unique in the organization. */
export type OperatorPosition = { foldedName: string };

export type OperatorFilter = {
  needsReview?: boolean;
  /** Whether the operator was merged into another one. */
  merged: boolean;
  /** A part of the name, as platforms send it or as people see it. */
  search?: string;
};

type Target = { organizationId: string; id: string };

/** The id of the operator with this name. Derived, so that it is known without a read. */
export async function operatorIdOf(organizationId: string, name: string): Promise<string> {
  return `opr_${await digestOf([organizationId, foldName(name)])}`;
}

/** The operator's id, and the write for the caller's batch that creates the operator if needed. */
export async function ensureOperator(input: {
  organizationId: string;
  name: string;
  now: number;
}): Promise<{ id: string; write: RowWrite }> {
  const id = await operatorIdOf(input.organizationId, input.name);
  const write = insertRow(operators, {
    id,
    organizationId: input.organizationId,
    name: input.name.replace(/\s+/g, " ").trim(),
    foldedName: foldName(input.name),
    needsReview: looksLikeExtension(input.name),
    createdAt: input.now,
  });
  return { id, write };
}

/** The organization's operators within a reach, by name. */
export async function listOperators(
  db: Database,
  query: Within & { filter: OperatorFilter; limit: number; after?: OperatorPosition; order?: Order },
): Promise<OperatorRow[]> {
  const { order = "ascending" } = query;
  const { needsReview, merged, search } = query.filter;
  return db
    .select()
    .from(operators)
    .where(
      and(
        eq(operators.organizationId, query.organizationId),
        operatorsWithin(query),
        needsReview === undefined ? undefined : eq(operators.needsReview, needsReview),
        merged ? isNotNull(operators.mergedInto) : isNull(operators.mergedInto),
        search === undefined ? undefined : hasInName(search),
        isAfter(operators.foldedName, order, query.after?.foldedName),
      ),
    )
    .orderBy(inOrder(operators.foldedName, order))
    .limit(query.limit);
}

/** One operator of the organization, if they are within reach. */
export async function readOperator(
  db: Database,
  target: Within & { id: string },
): Promise<Result<OperatorRow, DomainError>> {
  const row = await db
    .select()
    .from(operators)
    .where(and(named(target), operatorsWithin(target)))
    .get();
  return row ? ok(row) : err(notFound("operator"));
}

/**
 * Changes the name that people see, and so resolves a pending review. The folded name stays: platforms send it and the
 * id is derived from it, so calls under the old name still find this operator.
 */
export async function renameOperator(
  { db }: { db: Database },
  target: Target,
  name: string,
  _act: Act,
): Promise<Result<OperatorRow, DomainError>> {
  const row = await db
    .update(operators)
    .set({ name, needsReview: looksLikeExtension(name) })
    .where(named(target))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("operator"));
}

function named(target: Target): SQL | undefined {
  return and(eq(operators.organizationId, target.organizationId), eq(operators.id, target.id));
}

// Not LIKE: the text may contain its wildcards, and D1 limits a pattern to 50 bytes.
function hasInName(part: string): SQL | undefined {
  return or(
    sql`instr(${operators.foldedName}, ${foldName(part)}) > 0`,
    sql`instr(lower(${operators.name}), lower(${part.trim()})) > 0`,
  );
}
