import { sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { reconciliations } from "../../db/schema";
import { DAY } from "../../lib/time";

/** Longer than anybody asks for a loss rate; the newest of a source stays, because the next begins where it ended. */
const KEEP = 90 * DAY;

/** A statement that forgets comparisons that ended long ago, `limit` at most. */
export function forgetOldReconciliations(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${reconciliations}
    WHERE (organization_id, source_id, id) IN (
      SELECT organization_id, source_id, id FROM ${reconciliations} AS old
      WHERE ended_at < ${now - KEEP} AND EXISTS (
        SELECT 1 FROM ${reconciliations} AS newer WHERE newer.organization_id = old.organization_id
        AND newer.source_id = old.source_id AND newer.id > old.id AND newer.asked = 0 AND newer.state = 'completed')
      LIMIT ${limit})`);
}
