import { sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** The beginning of the id of a source whose calls are samples: they cost their organization nothing. */
export const SAMPLE_SOURCE = "src_sample_";

/** SQL that is true for the source of samples. */
export function isSampleSource(id: SQLiteColumn | SQL): SQL {
  return sql`(substr(${id}, 1, ${sql.raw(String(SAMPLE_SOURCE.length))}) = ${SAMPLE_SOURCE})`;
}
