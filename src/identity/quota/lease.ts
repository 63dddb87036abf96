import { sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { organizations, PLANS, requestQuotas } from "../../db/schema";
import { planOf, type PlanName } from "../plans";

/** What an isolate reports when it asks for more: the block that it has used up, and the hour that was of. */
export type Report = { hour: number; accounted: number };

/** What an isolate may use. `granted` 0: the hour's requests are used up. */
export type Lease = { hour: number; plan: PlanName; limit: number; granted: number; unleased: number };

/** The share of the limit that may lie unused in isolates, which may be dead. */
const UNUSED = 100;

/**
 * Gives an isolate some of the organization's requests in `hour` (hours since 1970), in one statement. While isolates
 * may hold a hundredth of the limit unused, each gets half of what is left of that; then one request at a time, which
 * is used at once and needs no account. So the sum never exceeds the limit, and at most a hundredth is never used.
 */
export async function leaseRequests(
  db: Database,
  organizationId: string,
  hour: number,
  report: Report,
): Promise<Lease> {
  const plan = sql`(SELECT plan FROM ${organizations} WHERE id = ${organizationId})`;
  const limit = limitOf(plan);
  const isLater = sql`excluded.hour > request_quotas.hour`;
  const leased = sql`(CASE WHEN ${isLater} THEN 0 ELSE leased END)`;
  const outstanding = sql`(CASE WHEN ${isLater} THEN 0 ELSE
    max(0, outstanding - iif(request_quotas.hour = ${report.hour}, CAST(${report.accounted} AS INTEGER), 0)) END)`;
  const granted = grantOf(limit, leased, outstanding);
  const row = await db.get<{ hour: number; leased: number; granted: number; limit: number; plan: PlanName }>(sql`
    INSERT INTO ${requestQuotas} (organization_id, hour, leased, outstanding, granted)
    SELECT ${organizationId}, CAST(${hour} AS INTEGER), first, iif(first > 1, first, 0), first
    FROM (SELECT ${grantOf(limit, sql`0`, sql`0`)} AS first) WHERE TRUE
    ON CONFLICT (organization_id) DO UPDATE SET hour = max(request_quotas.hour, excluded.hour),
      leased = ${leased} + ${granted}, outstanding = ${outstanding} + iif(${granted} > 1, ${granted}, 0),
      granted = ${granted}
    RETURNING hour, leased, granted, ${limit} AS "limit", coalesce(${plan}, ${PLANS[0]}) AS plan`);
  const { hour: counted, granted: given, limit: most, plan: named } = row;
  return { hour: counted, plan: named, limit: most, granted: given, unleased: Math.max(0, most - row.leased) };
}

/** Gives back requests that cost nothing in the end. */
export async function returnRequests(db: Database, organizationId: string, hour: number, count: number): Promise<void> {
  await db.run(sql`UPDATE ${requestQuotas} SET leased = max(0, leased - ${count})
    WHERE organization_id = ${organizationId} AND hour = ${hour}`);
}

/** What an isolate has to account for of a grant: a single request is used at once. */
export function accountedOf(granted: number): number {
  return granted > 1 ? granted : 0;
}

function grantOf(limit: SQL, leased: SQL, outstanding: SQL): SQL {
  const room = sql`(${limit} / ${sql.raw(String(UNUSED))} - ${outstanding})`;
  // A parameter of D1 is no integer, even where it is a whole number: half a request would be given out.
  return sql`CAST(max(0, min(${limit} - ${leased}, max(1, ${room} / 2))) AS INTEGER)`;
}

function limitOf(plan: SQL): SQL {
  const named = PLANS.map((name) => sql`WHEN ${name} THEN ${sql.raw(String(planOf({ plan: name }).requestsPerHour))}`);
  return sql`(CASE ${plan} ${sql.join(named, sql` `)} ELSE ${sql.raw(String(planOf({ plan: PLANS[0] }).requestsPerHour))} END)`;
}
