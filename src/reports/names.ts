import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, campaigns, operators, teams, users } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Dimension } from "./read";

/** The names of several kinds together, of ids that rows of the organization have (what somebody asks for: `namesAskedFor`). */
export async function namesOfReports(
  db: Database,
  organizationId: string,
  ids: Partial<Record<Dimension, readonly string[]>>,
): Promise<ReadonlyMap<string, string>> {
  const all = await Promise.all(
    Object.entries(ids).map(([dimension, of]) =>
      namesOfRows(db, { organizationId, dimension: dimension as Dimension, ids: of }),
    ),
  );
  return new Map(all.flatMap((names) => [...names]));
}

/** The names of what rows of the organization are of, such as those of a report. What is gone has none. */
export async function namesOfRows(
  db: Database,
  { organizationId, dimension, ids }: { organizationId: string; dimension: Dimension; ids: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const list = valueList(ids);
  if (dimension !== "reviewer") {
    const table = { campaign: campaigns, operator: operators, team: teams }[dimension];
    const rows = await db
      .select({ id: table.id, name: table.name })
      .from(table)
      .where(and(eq(table.organizationId, organizationId), inArray(table.id, list)));
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
  // Reviews are written by people and keys of the organization alone.
  const [people, keys] = await db.batch([
    db.select({ id: users.id, name: users.name }).from(users).where(inArray(users.id, list)),
    db
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(and(eq(apiKeys.organizationId, organizationId), inArray(apiKeys.id, list))),
  ]);
  return new Map([...people, ...keys].map(({ id, name }) => [id, name]));
}
