import { and, asc, eq, gt, isNotNull, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { operators } from "../db/schema";
import type { OperatorRow } from "./find-or-create";
import { foldName } from "./fold-name";

/** Where a list goes on: after the operator with this folded name, which is unique in the organization. */
export type OperatorPosition = { foldedName: string };

export type OperatorFilter = {
  needsReview?: boolean;
  /** Whether they turned out to be somebody else. */
  merged: boolean;
  /** A part of the name, as platforms send it or as people see it. */
  search?: string;
};

/** The organization's operators by name. */
export async function listOperators(
  db: Database,
  query: { organizationId: string; filter: OperatorFilter; limit: number; after?: OperatorPosition },
): Promise<OperatorRow[]> {
  const { needsReview, merged, search } = query.filter;
  return db
    .select()
    .from(operators)
    .where(
      and(
        eq(operators.organizationId, query.organizationId),
        needsReview === undefined ? undefined : eq(operators.needsReview, needsReview),
        merged ? isNotNull(operators.mergedInto) : isNull(operators.mergedInto),
        search === undefined ? undefined : hasInName(search),
        query.after && gt(operators.foldedName, query.after.foldedName),
      ),
    )
    .orderBy(asc(operators.foldedName))
    .limit(query.limit);
}

// Not LIKE: what people type may hold its wildcards, and D1 takes at most 50 bytes of a pattern.
function hasInName(part: string): SQL | undefined {
  return or(
    sql`instr(${operators.foldedName}, ${foldName(part)}) > 0`,
    sql`instr(lower(${operators.name}), lower(${part.trim()})) > 0`,
  );
}
