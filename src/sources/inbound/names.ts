import { sql } from "drizzle-orm";
import { calls, inbound } from "../../db/schema";
import { PLATFORMS, type Platform } from "../../platforms";

/** Names of events are short. What is longer is something else that stands in their place. */
const MAX_EVENT_LENGTH = 60;

/** The column of a name that was not asked for. */
export const nothing = sql<string | null>`NULL`;

/**
 * The platform's id of the call that a request belongs to; null where there is no such call, or none any more. Written out,
 * because drizzle leaves out the tables of columns in a select of one table.
 */
export const externalIdOfCall = sql<string | null>`(
  SELECT seen.external_id FROM ${calls} AS seen
  WHERE seen.id = inbound.call_id AND +seen.organization_id = inbound.organization_id)`;

/** The event that a platform named in a notice, as `eventAt` of the platform says; null of bodies in R2. */
export function eventColumn() {
  const known = (Object.values(PLATFORMS) as Platform[]).flatMap(({ kind, eventAt }) =>
    eventAt === undefined ? [] : [sql`WHEN ${kind} THEN ${eventAt}`],
  );
  const path = sql`CASE ${inbound.sourceKind} ${sql.join(known, sql` `)} END`;
  const text = sql`CAST(${inbound.body} AS TEXT)`;
  // Other forms than a notice have the shape of the platform's list, or of ours.
  return sql<string | null>`CASE
    WHEN ${inbound.form} NOT IN ('notice', 'sample') OR ${path} IS NULL OR NOT json_valid(${text}) THEN NULL
    WHEN json_type(${text}, ${path}) = 'text' AND length(json_extract(${text}, ${path})) <= ${MAX_EVENT_LENGTH}
      THEN json_extract(${text}, ${path}) END`;
}
