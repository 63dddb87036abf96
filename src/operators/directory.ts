import { inArray, sql, type SQL } from "drizzle-orm";
import { rowsOf, type Query } from "../db/read-together";
import { valueList } from "../db/value-list";
import { operatorReferences, operators } from "../db/schema";

type Link = Pick<typeof operators.$inferSelect, "id" | "mergedInto">;

/** The operators and references that were asked for, with every merge that leads on from them. */
export type Directory = {
  /** By id. */
  operators: ReadonlyMap<string, Link>;
  /** By `referenceKey`. */
  references: ReadonlyMap<string, string>;
};

export type ReferenceName = { organizationId: string; reference: string };

/**
 * The two queries of a directory, for a statement of several: the operators with these ids, these references, and those
 * of the calls with these ids.
 */
export function directoryQueries(asked: {
  operatorIds: readonly string[];
  references: readonly ReferenceName[];
  callIds: readonly string[];
}) {
  const callIds = valueList(asked.callIds);
  const names = JSON.stringify(asked.references.map((one) => [one.organizationId, one.reference]));
  // The outer select is needed: SQLite uses no index for a pair that is compared with a compound select.
  const among = sql`(organization_id, reference) IN (SELECT * FROM (
    SELECT value ->> 0, value ->> 1 FROM json_each(${names})
    UNION SELECT organization_id, operator_reference FROM calls
      WHERE id IN ${callIds} AND operator_reference IS NOT NULL))`;
  const starts = sql`SELECT value FROM json_each(${JSON.stringify(asked.operatorIds)})
    UNION SELECT operator_id FROM calls WHERE id IN ${callIds} AND operator_id IS NOT NULL
    UNION SELECT operator_id FROM operator_references WHERE ${among}`;
  const links: Query<Link> = {
    columns: { id: operators.id, mergedInto: operators.mergedInto },
    from: sql`FROM ${operators} WHERE ${inArray(operators.id, chainFrom(starts))}`,
  };
  return [links, rowsOf(operatorReferences, sql`WHERE ${among}`)] as const;
}

/** Builds the directory from the results of the queries, added to a directory that was read before. */
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

/** The key of a reference in a directory. */
export function referenceKey({ organizationId, reference }: ReferenceName): string {
  return `${organizationId} ${reference}`;
}

/** SQL for the ids that a query gives and all operators they were merged into. UNION ends it even on a cycle. */
export function chainFrom(starts: SQL): SQL {
  return sql`(WITH RECURSIVE chain(id) AS (
    ${starts}
    UNION SELECT next.merged_into FROM chain JOIN operators AS next ON next.id = chain.id
      WHERE next.merged_into IS NOT NULL) SELECT id FROM chain)`;
}
