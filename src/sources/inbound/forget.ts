import { sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { DAY } from "../../lib/time";
import { firstInboundIdAt } from "./id";

/** How long requests that belong to no organization stay in the admin's log. */
export const KEEP_UNOWNED = 7 * DAY;

/** Deletes at most `limit` unowned requests that are past their time, oldest first. Returns how many. */
export async function forgetUnowned(db: Database, now: number, limit: number): Promise<number> {
  const [deleted] = await runBatch(db, [
    db.run(sql`
      DELETE FROM ${inbound} WHERE organization_id = '' AND id IN (
        SELECT id FROM ${inbound} WHERE organization_id = '' AND id < ${firstInboundIdAt(now - KEEP_UNOWNED)}
        ORDER BY id LIMIT ${limit})`),
  ]);
  return changesOf(deleted);
}
