import { gte, sql } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { endpointHours, usageDeliveries } from "../db/schema";
import { DAY } from "../lib/time";

/** Days counted anew each time. All of their hours are still there: those of endpoints are kept for longer. */
const RECOUNTED = 28;

/**
 * A statement that counts the deliveries of the last days from the hours of endpoints. It replaces what it wrote
 * before, so it can run any number of times, and writes only what changed. `now` in milliseconds.
 */
export function countDeliveries(db: Database, now: number): Statement {
  const from = (Math.floor(now / DAY) - RECOUNTED) * DAY;
  return db.run(sql`
    INSERT INTO ${usageDeliveries} (organization_id, day, delivered, attempts)
    SELECT organization_id, hour / ${sql.raw(String(DAY))} AS counted_day, sum(delivered), sum(attempts)
    FROM ${endpointHours} WHERE ${gte(endpointHours.hour, from)}
    GROUP BY organization_id, counted_day
    ON CONFLICT (organization_id, day) DO UPDATE SET delivered = excluded.delivered, attempts = excluded.attempts
    WHERE delivered IS NOT excluded.delivered OR attempts IS NOT excluded.attempts`);
}
