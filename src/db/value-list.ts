import { sql, type SQL } from "drizzle-orm";

/** The values as a list for `IN`: one bound parameter, however many there are, since D1 takes 100 of them. */
export function valueList(values: readonly unknown[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify([...new Set(values)])}))`;
}
