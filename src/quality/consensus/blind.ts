import { sql, type SQL } from "drizzle-orm";
import { taskIdIn } from "../../calls";
import { consensuses, reviews, tasks } from "../../db/schema";

// Who must not know yet what a reviewer found. While the task of a call is blind and open, that is everybody who has not
// completed a review of it: whoever may still be given it, and those who could tell them. What supervisors see meanwhile is
// who reviews it, and how far they are.

/** Who reads: by their own id. `seesAll`: they choose reviewers, and decide where these are apart. */
export type Reader = { id: string; seesAll: boolean };

/** SQL that is true for a review, by its columns, whose findings somebody must not know. */
export function isHiddenFrom(reader: Reader): SQL<boolean> {
  return sql<boolean>`(${reviews.reviewerId} <> ${reader.id}
    AND ${isBlindFor(reader, sql`${reviews.callId}`)})`.mapWith(Boolean);
}

/** SQL that is true for a call of which somebody must not know what its reviewers found. */
export function isBlindFor({ id, seesAll }: Reader, callId: SQL): SQL {
  // Who decides where reviewers are apart has to see what they found.
  const decides = isToDecide(sql`held.organization_id`, sql`held.call_id`);
  return sql`(EXISTS (SELECT 1 FROM ${tasks} AS held WHERE held.id = ${taskIdIn(callId)} AND held.blind
      AND held.state = 'open' ${seesAll ? sql`AND NOT ${decides}` : sql``})
    AND NOT EXISTS (SELECT 1 FROM ${reviews} AS done WHERE done.call_id = ${callId} AND done.reviewer_id = ${id}
      AND done.state = 'completed'))`;
}

/** SQL that is true for a call whose reviewers are apart while nobody else was given it: somebody has to decide. */
export function isToDecide(organizationId: SQL, callId: SQL): SQL {
  return sql`(EXISTS (SELECT 1 FROM ${consensuses} AS apart WHERE apart.organization_id = ${organizationId}
      AND apart.call_id = ${callId} AND apart.state = 'apart')
    AND NOT EXISTS (SELECT 1 FROM ${reviews} AS other WHERE other.call_id = ${callId}
      AND other.state IN ('assigned', 'in_progress', 'submitted')))`;
}
