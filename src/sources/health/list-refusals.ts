import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sourceCounts } from "../../db/schema";
import type { RequestCount } from "./count";

export type UnownedRefusals = Pick<RequestCount, "sourceKind" | "hour" | "reason" | "requests" | "lastAt">;

/**
 * Refusals that belong to no organization, by hour, platform and reason; latest hour first. `kinds` are the platforms
 * asked about, which makes it a search by key. Moments in milliseconds, `until` not included.
 */
export async function listRefusals(
  db: Database,
  span: { from: number; until: number; limit: number },
  kinds: readonly string[],
): Promise<UnownedRefusals[]> {
  return db.all<UnownedRefusals>(sql`
    SELECT counted.source_kind AS sourceKind, counted.hour, counted.reason, counted.requests, counted.last_at AS lastAt
    FROM json_each(${JSON.stringify(kinds)}) AS kind
    CROSS JOIN ${sourceCounts} AS counted ON counted.organization_id = '' AND counted.source_id = ''
      AND counted.source_kind = kind.value AND counted.hour >= ${span.from} AND counted.hour < ${span.until}
    WHERE counted.outcome = 'refused'
    ORDER BY counted.hour DESC, counted.requests DESC LIMIT ${span.limit}`);
}
