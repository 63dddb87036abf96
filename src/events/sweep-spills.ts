import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { events } from "../db/schema";
import { DAY } from "../lib/time";
import { sweepPrefix } from "../lib/sweep-prefix";
import { EXPIRED_DATA } from "./record";
import { eventOfSpill, SPILLS_PREFIX } from "./spill";

/**
 * Deletes spilled data that no event refers to, because its batch was not written, or its content has run out. Only objects
 * older than a day are considered. Reads at most `pages` pages and continues from there the next time. Gives how many were
 * deleted.
 */
export async function sweepSpills(
  db: Database,
  bucket: R2Bucket,
  now: number,
  span: { pages: number; pageSize?: number },
): Promise<number> {
  const plan = { prefix: SPILLS_PREFIX, bookmark: "sweeps/events", before: now - DAY, ...span };
  const { deleted } = await sweepPrefix(bucket, plan, (keys) => withEvent(db, keys));
  return deleted;
}

function withEvent(db: Database, keys: readonly string[]): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => ({ key, ...eventOfSpill(key) }));
  return db.all<{ key: string }>(sql`
    SELECT candidate.value ->> 'key' AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    JOIN ${events} AS known ON known.stream = candidate.value ->> 'stream' AND known.id = candidate.value ->> 'id'
      AND known.data <> ${EXPIRED_DATA}`);
}
