import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { callLookups, reconciliations } from "../db/schema";
import { lookUpCalls } from "./look-up";
import { reconcile, type PullDeps } from "./reconcile";

/**
 * Sources whose platform has something to be asked, `limit` at most, and `perOrganization` of one organization.
 * Organizations take turns: one with any number of sources that wait for their platform keeps no source of another from
 * being named.
 */
export async function sourcesToAsk(
  db: Database,
  now: number,
  { limit, perOrganization }: { limit: number; perOrganization: number },
): Promise<string[]> {
  const rows = await db.all<{ sourceId: string }>(sql`
    WITH due AS (
      SELECT organization_id, source_id, due_at FROM ${callLookups} WHERE due_at <= ${now} AND lease_until <= ${now}
      UNION ALL
      SELECT organization_id, source_id, due_at FROM ${reconciliations}
      WHERE state = 'open' AND due_at <= ${now} AND lease_until <= ${now}),
    waiting AS (
      SELECT source_id, min(due_at) AS since, row_number() OVER (PARTITION BY organization_id ORDER BY min(due_at)) AS turn
      FROM due GROUP BY organization_id, source_id)
    SELECT source_id AS sourceId FROM waiting WHERE turn <= ${perOrganization} ORDER BY turn, since LIMIT ${limit}`);
  return rows.map(({ sourceId }) => sourceId);
}

/** Asks the platform of one source what there is to ask it, one turn long: look-ups and comparisons side by side. */
export async function askPlatform(deps: PullDeps, sourceId: string): Promise<void> {
  await Promise.all([lookUpCalls(deps, sourceId), reconcile(deps, sourceId)]);
}
