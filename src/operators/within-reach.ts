import { sql, type SQL } from "drizzle-orm";
import { calls, operators } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";

/** Calls of the campaigns in which operators are looked for, and the least of each campaign. */
const NEWEST = 2_000;
const LEAST_OF_EACH = 50;

/**
 * SQL that is true for the operators within a reach; undefined where it has no limit. With a limit to campaigns alone,
 * these are the operators of the newest calls of each: no index has all of them.
 */
export function operatorsWithin({ organizationId, reach }: Within): SQL | undefined {
  if (reach.operators !== null) return sql`${operators.id} IN ${valueList(reach.operators)}`;
  if (reach.campaigns === null) return undefined;
  const perCampaign = Math.max(LEAST_OF_EACH, Math.ceil(NEWEST / Math.max(1, reach.campaigns.length)));
  const ofGiven = (table: string) => {
    const column = (name: string) => sql.raw(`${table}.${name}`);
    return sql`${column("organization_id")} = ${organizationId}
      AND ${column("campaign_id")} IS NOT NULL AND ${column("campaign_id")} = given.value`;
  };
  return sql`${operators.id} IN (
    SELECT seen.operator_id FROM json_each(${JSON.stringify(reach.campaigns)}) AS given CROSS JOIN ${calls} AS seen
    WHERE ${ofGiven("seen")} AND seen.operator_id IS NOT NULL AND seen.started_at >= coalesce((
      SELECT started_at FROM ${calls} AS last WHERE ${ofGiven("last")}
      ORDER BY last.started_at DESC, last.id DESC LIMIT 1 OFFSET ${perCampaign - 1}), ${Number.MIN_SAFE_INTEGER}))`;
}
