import { inArray, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { operatorReferences, operators } from "../db/schema";

type Link = Pick<typeof operators.$inferSelect, "id" | "mergedInto">;

/** Who is who, as far as it was asked: where names and references point, and on from there through every merge. */
export type Directory = {
  /** By id. */
  operators: ReadonlyMap<string, Link>;
  /** By `referenceKey`. */
  references: ReadonlyMap<string, string>;
};

export type ReferenceName = { organizationId: string; reference: string };

/**
 * The two queries of a directory, for the caller's batch: of the operators with these ids, of these references, and of
 * all that the calls with these ids are known under.
 */
export function directoryQueries(
  db: Database,
  asked: { operatorIds: readonly string[]; references: readonly ReferenceName[]; callIds: readonly string[] },
) {
  const callIds = sql`(SELECT value FROM json_each(${JSON.stringify(asked.callIds)}))`;
  const names = JSON.stringify(asked.references.map((one) => [one.organizationId, one.reference]));
  // The select around the two is needed: SQLite uses no index for a pair among the rows of a compound one.
  const among = sql`(organization_id, reference) IN (SELECT * FROM (
    SELECT value ->> 0, value ->> 1 FROM json_each(${names})
    UNION SELECT organization_id, operator_reference FROM calls
      WHERE id IN ${callIds} AND operator_reference IS NOT NULL))`;
  const starts = sql`SELECT value FROM json_each(${JSON.stringify(asked.operatorIds)})
    UNION SELECT operator_id FROM calls WHERE id IN ${callIds} AND operator_id IS NOT NULL
    UNION SELECT operator_id FROM operator_references WHERE ${among}`;
  return [
    db
      .select({ id: operators.id, mergedInto: operators.mergedInto })
      .from(operators)
      .where(inArray(operators.id, chainFrom(starts))),
    db.select().from(operatorReferences).where(among),
  ] as const;
}

/** The directory made of what the queries answered, added to one read before. */
export function directoryOf(
  links: readonly Link[],
  references: readonly (typeof operatorReferences.$inferSelect)[],
  before?: Directory,
): Directory {
  return {
    operators: new Map([...(before?.operators ?? []), ...links.map((row) => [row.id, row] as const)]),
    references: new Map([
      ...(before?.references ?? []),
      ...references.map((row) => [referenceKey(row), row.operatorId] as const),
    ]),
  };
}

/** What a reference stands under in a directory. */
export function referenceKey({ organizationId, reference }: ReferenceName): string {
  return `${organizationId} ${reference}`;
}

/** SQL: the ids a query gives and those of everybody they were merged into. UNION ends it even on a circle. */
export function chainFrom(starts: SQL): SQL {
  return sql`(WITH RECURSIVE chain(id) AS (
    ${starts}
    UNION SELECT next.merged_into FROM chain JOIN operators AS next ON next.id = chain.id
      WHERE next.merged_into IS NOT NULL) SELECT id FROM chain)`;
}
