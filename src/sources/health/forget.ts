import { sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { sourceCounts } from "../../db/schema";
import { DAY } from "../../lib/time";

/** How long counts are kept. What came before is as if it had never come. */
export const KEEP_COUNTS = 90 * DAY;

/** A statement that deletes at most `limit` counts that are past their time. */
export function forgetOldCounts(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${sourceCounts}
    WHERE (organization_id, source_id, source_kind, hour, outcome, reason) IN (
      SELECT organization_id, source_id, source_kind, hour, outcome, reason
      FROM ${sourceCounts} WHERE hour < ${now - KEEP_COUNTS} LIMIT ${limit})`);
}
