import { sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { uploads } from "../../db/schema";
import { DAY } from "../../lib/time";

/** Long after its recording was moved to where recordings are kept, and after the file itself was swept. */
const KEEP = 90 * DAY;

/** A statement that forgets uploads that were completed or aborted long ago, `limit` at most. */
export function forgetOldUploads(db: Database, now: number, limit: number): Statement {
  return db.run(sql`
    DELETE FROM ${uploads}
    WHERE (organization_id, id) IN (
      SELECT organization_id, id FROM ${uploads} WHERE state <> 'open' AND created_at < ${now - KEEP} LIMIT ${limit})`);
}
