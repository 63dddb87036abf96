import { and, gte, inArray, lt, sql, type SQL } from "drizzle-orm";
import { calls } from "../db/schema";
import { valueList } from "../db/value-list";
import { isLimited, type Reach } from "../identity";

/** SQL that is true for the calls within a reach; undefined where it has no limit. */
export function callsWithin({ campaigns, operators }: Reach): SQL | undefined {
  return and(
    campaigns === null ? undefined : sql`${calls.campaignId} IN ${valueList(campaigns)}`,
    operators === null ? undefined : sql`${calls.operatorId} IN ${valueList(operators)}`,
  );
}

/** SQL that is true where the call with this id is within a reach; undefined where the reach has no limit. */
export function ofCallWithin(callId: SQL, reach: Reach): SQL | undefined {
  if (!isLimited(reach)) return undefined;
  return sql`EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.id} = ${callId} AND ${callsWithin(reach)})`;
}

/** SQL that is true for the calls that began within these times, in milliseconds; undefined without any. */
export function beganWithin({ from, to }: { from?: number; to?: number }): SQL | undefined {
  return and(
    from === undefined ? undefined : gte(calls.startedAt, from),
    to === undefined ? undefined : lt(calls.startedAt, to),
  );
}

/** By their ids alone: with the organization for an index, all of its calls would be read for a few. */
export function ofOrganization(organizationId: string, ids: readonly string[]): SQL[] {
  return [sql`+${calls.organizationId} = ${organizationId}`, inArray(calls.id, valueList(ids))];
}
