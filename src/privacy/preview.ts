import { sql, type SQL } from "drizzle-orm";
import { isHeld } from "../calls";
import type { Database } from "../db/client";
import { calls, inbound } from "../db/schema";
import { DAY } from "../lib/time";
import { firstInboundIdAt } from "../sources";
import { CLOCKS, clocksOf, nextNight, type Clock, type Clocks } from "./clocks";
import { hasRunOut, isOfErased } from "./expired";
import { readRetention, type RetentionTarget } from "./retention-rules";

/** Calls, or of the log requests, that one count looks at: the oldest. */
const SCANNED = 50_000;

/** What would go in the next night: calls, of the clock `inbound` requests. `more`: not all that are old enough were looked at. */
export type Expiring = { count: number; more: boolean };

/** What would go in the next night if these were the clocks of a campaign, or of the organization. */
export async function countExpiring(
  db: Database,
  { organizationId, campaignId }: RetentionTarget,
  clocks: Clocks,
  now: number,
): Promise<Partial<Record<Clock, Expiring>>> {
  const night = nextNight(now);
  const retention = await readRetention(db, organizationId);
  const organization = campaignId === null ? clocks : retention.organization;
  const own = new Map(retention.campaigns);
  if (campaignId !== null) own.set(campaignId, clocks);
  const counted = await Promise.all(
    CLOCKS.map(async (clock) => {
      const ofCampaigns = [...own].map(([id, of]) => [id, clocksOf(organization, of)[clock]] as const);
      const among =
        campaignId === null
          ? [clocksOf(organization, undefined)[clock], ...ofCampaigns.map(([, days]) => days)]
          : ofCampaigns.filter(([id]) => id === campaignId).map(([, days]) => days);
      const shortest = Math.min(...among.map((days) => days ?? Infinity));
      if (shortest === Infinity) return [];
      const json = JSON.stringify(Object.fromEntries(ofCampaigns));
      const days = sql`iif(EXISTS (SELECT 1 FROM json_each(${json}) WHERE key = calls.campaign_id),
        (SELECT value FROM json_each(${json}) WHERE key = calls.campaign_id), ${clocksOf(organization, undefined)[clock]})`;
      const query = { organizationId, campaignId, days, before: night - shortest * DAY, night };
      const [row] = await db.all<{ count: number; scanned: number }>(
        clock === "inbound" ? requestsOf(query) : callsOf(clock, query),
      );
      return [[clock, { count: row?.count ?? 0, more: (row?.scanned ?? 0) === SCANNED }] as const];
    }),
  );
  return Object.fromEntries(counted.flat());
}

type Query = { organizationId: string; campaignId: string | null; days: SQL; before: number; night: number };

function callsOf(clock: Exclude<Clock, "inbound">, { organizationId, campaignId, days, before, night }: Query): SQL {
  const ofCampaign = campaignId === null ? sql`` : sql`AND campaign_id = ${campaignId} AND campaign_id IS NOT NULL`;
  return sql`SELECT coalesce(sum(${hasRunOut(clock, days, night)}), 0) AS count, count(*) AS scanned
    FROM (SELECT * FROM ${calls} WHERE organization_id = ${organizationId} ${ofCampaign} AND started_at < ${before}
      ORDER BY started_at, id LIMIT ${SCANNED}) AS calls`;
}

function requestsOf({ organizationId, campaignId, days, before, night }: Query): SQL {
  return sql`SELECT coalesce(sum((logged.body IS NOT NULL OR logged.body_key IS NOT NULL OR logged.headers <> '{}')
      AND (logged.received_at < ${night} - ${days} * ${sql.raw(String(DAY))} OR ${isOfErased()}) AND NOT (calls.id IS NOT NULL AND ${isHeld()})
      ${campaignId === null ? sql`` : sql`AND calls.campaign_id IS ${campaignId}`}), 0) AS count, count(*) AS scanned
    FROM (SELECT * FROM ${inbound} WHERE organization_id = ${organizationId} AND id < ${firstInboundIdAt(before)}
      ORDER BY id LIMIT ${SCANNED}) AS logged LEFT JOIN ${calls} AS calls ON calls.id = logged.call_id`;
}
