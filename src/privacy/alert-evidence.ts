import { sql, type SQL } from "drizzle-orm";
import { alertIdOf } from "../calls";
import type { Database, Statement } from "../db/client";
import { alerts, calls } from "../db/schema";
import { valueList } from "../db/value-list";
import type { OfCalls } from "./places";

// What the alert of a call rests on runs out with what was said and with what was found. What people decided of it stays,
// and which rules it is of, by which they are counted as right or wrong.

/** SQL that is true for calls, by `calls`, whose alert quotes what was said, or what a platform named. */
export function alertHasWords(): SQL {
  return ofCall(sql`fired.value ->> 'evidence' GLOB '*"quote":"[^"]*' OR json_array_length(fired.value, '$.said') > 0`);
}

/** The same where the alert has evidence or a score. */
export function alertHasFindings(): SQL {
  return ofCall(
    sql`alert.score IS NOT NULL OR json_array_length(fired.value, '$.evidence') > 0
      OR json_array_length(fired.value, '$.said') > 0`,
  );
}

function ofCall(condition: SQL): SQL {
  // The id of an alert is derived from that of its call (alertIdOf), so it is found by its key.
  return sql`EXISTS (SELECT 1 FROM ${alerts} AS alert, json_each(alert.fired) AS fired
    WHERE alert.organization_id = ${calls.organizationId} AND alert.id = 'alr_' || substr(${calls.id}, 6)
      AND (${condition}))`;
}

/** Takes what was said from the alerts of calls: quotes, and what a platform named, which may be one. */
export function takeWordsFromAlerts(db: Database, of: OfCalls): Statement {
  const evidence = sql`(SELECT json_group_array(json(CASE WHEN one.value ->> 'kind' = 'phrase'
      THEN json_set(one.value, '$.quote', '') ELSE one.value END))
    FROM json_each(fired.value, '$.evidence') AS one)`;
  return updateAlerts(db, of, evidence, sql``);
}

/** Takes all that was found from the alerts of calls. */
export function emptyAlerts(db: Database, of: OfCalls): Statement {
  return updateAlerts(db, of, sql`'[]'`, sql`, score = NULL`);
}

/** In one statement, so that what is raised at the same time is not lost. */
function updateAlerts(db: Database, { organizationId, ids }: OfCalls, evidence: SQL, more: SQL): Statement {
  return db.run(sql`UPDATE ${alerts} SET fired = (
      SELECT json_group_array(json(json_set(fired.value, '$.evidence', json(${evidence}), '$.said', json('[]'))))
      FROM json_each(${alerts.fired}) AS fired)${more}
    WHERE organization_id = ${organizationId} AND id IN ${valueList(ids.map(alertIdOf))}`);
}
