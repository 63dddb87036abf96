import { and, asc, eq, gt } from "drizzle-orm";
import type { Database } from "../db/client";
import { operators } from "../db/schema";
import type { OperatorRow } from "./find-or-create";

/** Where a list goes on: after the operator with this folded name, which is unique in the organization. */
export type OperatorPosition = { foldedName: string };

/** The organization's operators by name. */
export async function listOperators(
  db: Database,
  query: { organizationId: string; needsReview?: boolean; limit: number; after?: OperatorPosition },
): Promise<OperatorRow[]> {
  return db
    .select()
    .from(operators)
    .where(
      and(
        eq(operators.organizationId, query.organizationId),
        query.needsReview === undefined ? undefined : eq(operators.needsReview, query.needsReview),
        query.after && gt(operators.foldedName, query.after.foldedName),
      ),
    )
    .orderBy(asc(operators.foldedName))
    .limit(query.limit);
}
