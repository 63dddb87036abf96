import { sql, type SQL } from "drizzle-orm";
import type { RowWrite } from "../../db/rows";
import { endpointHealth } from "../../db/schema";
import { noteCause } from "../../identity";
import { DAY, MINUTE } from "../../lib/time";
import type { HealthReport } from "../contract";

type Endpoint = { id: string; organizationId: string };

/** Every attempt has failed for this long before people are notified: most outages are over by then. */
export const NOTIFIED_AFTER = 15 * MINUTE;

/** Has people notified that an endpoint was disabled at this time (milliseconds), where `when` is true. */
export function noteDisabled(endpoint: Endpoint, when: SQL, at: number): RowWrite {
  return note("endpoint_disabled", endpoint, when, { at, moment: at });
}

/**
 * Has people notified of an endpoint that fails, by the first report after `NOTIFIED_AFTER` and before the report is
 * written; once a day, however many objects report it. Not while another object of it delivers.
 */
export function noteFailing(endpoint: Endpoint, report: HealthReport, now: number): RowWrite[] {
  const { failingSince, object } = report;
  if (failingSince === null || now < failingSince + NOTIFIED_AFTER) return [];
  const isFirst = sql`NOT EXISTS (SELECT 1 FROM ${endpointHealth} WHERE endpoint_id = ${endpoint.id}
    AND ((object = ${object} AND updated_at >= ${failingSince + NOTIFIED_AFTER}) OR last_success_at > ${failingSince}))`;
  return [note("endpoint_failing", endpoint, isFirst, { at: now, moment: now - (now % DAY) })];
}

function note(
  kind: "endpoint_disabled" | "endpoint_failing",
  { id: subjectId, organizationId }: Endpoint,
  when: SQL,
  { at, moment }: { at: number; moment: number },
): RowWrite {
  const nowhere = { campaignId: null, operatorId: null, teamId: null };
  return noteCause({ organizationId, kind, subjectId, ...nowhere, createdAt: at }, when, moment);
}
