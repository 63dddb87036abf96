import { sql } from "drizzle-orm";
import { ofCallWithin } from "../../calls";
import type { Database } from "../../db/client";
import { campaigns, tasks, teamMembers } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { Within } from "../../identity";
import { openTasks } from "../open-tasks";
import { isJudged } from "../scorecards/is-judged";
import { COUNTED, waits } from "./queue";

/** Tasks that wait for somebody; `more`: beyond the thousand that are counted. */
export type WaitingFor = { tasks: number; more: boolean };

/**
 * How many open tasks wait for a reviewer: those that they have, and those of the queue that they may take. One query, for
 * every page, that stops at a thousand of each: SQLite gathers both sides of a UNION before it limits it. `now` in milliseconds.
 */
export async function countWaitingFor(
  db: Database,
  { organizationId, reach, reviewerId, now }: Within & { reviewerId: string; now: number },
): Promise<WaitingFor> {
  const own = openTasks({ organizationId, reviewerId, dueBefore: undefined });
  // As the lines of the queue are (queue.ts): campaigns with a scorecard, each for nobody's team and for their own ones.
  const queued = sql`SELECT ${tasks.id} FROM (
      SELECT id AS campaign FROM ${campaigns} WHERE organization_id = ${organizationId} AND archived_at IS NULL
        ${reach.campaigns === null ? sql`` : sql`AND id IN ${valueList(reach.campaigns)}`}
        AND ${isJudged(organizationId, sql`${campaigns.id}`)}
    ) AS campaign CROSS JOIN (
      SELECT NULL AS team UNION ALL
      SELECT team_id FROM ${teamMembers} WHERE organization_id = ${organizationId} AND user_id = ${reviewerId}
    ) AS line CROSS JOIN ${tasks} INDEXED BY tasks_open
    WHERE ${waits({ organizationId, reach, reviewerId, now }, { campaign: sql`campaign.campaign`, team: sql`line.team` })}`;
  const { waiting } = await db.get<{ waiting: number }>(sql`SELECT count(*) AS waiting FROM (
    SELECT id FROM (${own} AND ${ofCallWithin(sql`${tasks.callId}`, reach) ?? sql`1`} LIMIT ${COUNTED + 1})
    UNION SELECT id FROM (${queued} LIMIT ${COUNTED + 1}))`);
  return { tasks: Math.min(waiting, COUNTED), more: waiting > COUNTED };
}
