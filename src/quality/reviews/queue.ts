import { and, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import type { Query } from "../../db/read-together";
import { campaigns, reviews, scorecards, tasks, teamMembers } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { Within } from "../../identity";
import { newId } from "../../lib/id";
import { HOUR } from "../../lib/time";

// What waits for reviewers: open tasks that nobody has, by campaign and team, each in its place. The index `tasks_open`
// has them in this order, so the next one is found at the head of each campaign, however long the queue is.

/** A campaign and a team whose tasks somebody may take, and what they are judged by. */
export type QueueLine = { campaign: string; team: string | null; scorecard: string; version: number };

/** Reviews that are looked at to count those of a sitting. */
const MOST_OF_SITTING = 500;
const SITTING = 12 * HOUR;
/** A count of what waits is exact up to this, unless as many more are there that somebody else has, or that they have done. */
export const COUNTED = 1_000;
const MANY = 2 * COUNTED;

/** The queries for the lines of a reviewer, in one batch with others; `linesOf` makes them of the answers. */
export function lineQueries(
  db: Database,
  { organizationId, reach }: Within,
  { reviewerId, campaignId }: { reviewerId: string; campaignId?: string | undefined },
) {
  const { id, version, campaigns: linked, publishedAt } = scorecards;
  return [
    db
      .select({ id, version, campaigns: linked, publishedAt })
      .from(scorecards)
      .where(and(eq(scorecards.organizationId, organizationId), eq(scorecards.state, "published"))),
    db
      .select({ id: campaigns.id })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.organizationId, organizationId),
          isNull(campaigns.archivedAt),
          campaignId === undefined ? undefined : eq(campaigns.id, campaignId),
          reach.campaigns === null ? undefined : inArray(campaigns.id, valueList(reach.campaigns)),
        ),
      ),
    db
      .select({ id: teamMembers.teamId })
      .from(teamMembers)
      .where(and(eq(teamMembers.organizationId, organizationId), eq(teamMembers.userId, reviewerId))),
  ] as const;
}

type Answers<Q> = { -readonly [At in keyof Q]: Awaited<Q[At]> };

/** The lines, each with its scorecard: of several the one that names the campaign, then the one published last. */
export function linesOf([published, ofReach, inTeams]: Answers<ReturnType<typeof lineQueries>>): QueueLine[] {
  const teams = [null, ...inTeams.map(({ id }) => id)];
  return ofReach.flatMap(({ id: campaign }) => {
    const [card] = published
      .filter((one) => one.campaigns === null || one.campaigns.includes(campaign))
      .toSorted(
        (one, other) =>
          Number(one.campaigns === null) - Number(other.campaigns === null) ||
          (other.publishedAt ?? 0) - (one.publishedAt ?? 0),
      );
    return card ? teams.map((team) => ({ campaign, team, scorecard: card.id, version: card.version })) : [];
  });
}

type Asking = Within & { lines: readonly QueueLine[]; reviewerId: string; now: number };

/** SQL for the id of the task that comes next; null where none waits. */
export function nextTask(asking: Asking): SQL {
  const first = sql`(SELECT id FROM ${tasks} WHERE ${waits(asking)} ORDER BY place, id LIMIT 1)`;
  return sql`(SELECT head.id FROM (SELECT ${first} AS id FROM ${linesTable(asking.lines)}) AS head
    CROSS JOIN ${tasks} AS waiting ON waiting.id = head.id ORDER BY waiting.place, waiting.id LIMIT 1)`;
}

/**
 * A query for how many tasks wait in the lines, at most `COUNTED`. Where so many lie in the index that those which are not theirs
 * to take hardly matter, none of them is looked at: that costs a hundredth.
 */
export function countWaiting(asking: Asking): Query<{ count: number }> {
  const { reach, lines } = asking;
  const waiting = sql`SELECT 1 FROM ${linesTable(lines)} CROSS JOIN ${tasks} WHERE ${waits(asking)}`;
  const exact = sql`(SELECT count(*) FROM (${waiting} LIMIT ${COUNTED}))`;
  // The index does not know the operators.
  if (reach.operators !== null) return { columns: { count: exact }, from: sql`FROM (SELECT 1)` };
  const all = sql`SELECT 1 FROM ${linesTable(lines)} CROSS JOIN ${tasks} WHERE ${isOfLine(asking)}`;
  const many = sql`(SELECT count(*) FROM (${all} LIMIT ${MANY})) = ${MANY}`;
  return { columns: { count: sql`CASE WHEN ${many} THEN ${COUNTED} ELSE ${exact} END` }, from: sql`FROM (SELECT 1)` };
}

/** A query for how many reviews somebody has submitted since their sitting began. */
export function countDone({ organizationId, reviewerId, now }: Asking): Query<{ count: number }> {
  const since = newId("rev", now - SITTING).slice(0, "rev_".length + 10);
  const newest = sql`SELECT state, submitted_at FROM ${reviews} INDEXED BY reviews_by_reviewer WHERE organization_id = ${organizationId}
    AND reviewer_id = ${reviewerId} AND id > ${since} ORDER BY id DESC LIMIT ${MOST_OF_SITTING}`;
  return {
    columns: { count: sql`count(*)` },
    from: sql`FROM (${newest}) WHERE state IN ('submitted', 'completed') AND submitted_at > ${now - SITTING}`,
  };
}

type Line = { campaign: SQL; team: SQL };

/** The columns of `linesTable`. */
const LINE: Line = { campaign: sql`line.campaign`, team: sql`line.team` };

/** What holds for the tasks of a line (its columns are given), all of it by the index. */
function isOfLine({ organizationId }: Pick<Asking, "organizationId">, line = LINE): SQL {
  return sql`${tasks.state} = 'open' AND ${tasks.organizationId} = ${organizationId} AND ${tasks.assigneeId} IS NULL
    AND ${tasks.campaignId} = ${line.campaign} AND ${tasks.teamId} IS ${line.team}`;
}

/** What holds for the tasks of a line that somebody may take now. */
export function waits(asking: Omit<Asking, "lines">, line = LINE): SQL {
  const { reach, reviewerId, now } = asking;
  const { operators } = reach;
  return sql`${isOfLine(asking, line)}
    AND ${tasks.leaseUntil} <= ${now} AND ${tasks.escalatedAt} IS NULL
    ${operators === null ? sql`` : sql`AND ${tasks.operatorId} IN ${valueList(operators)}`}
    AND NOT EXISTS (SELECT 1 FROM ${reviews} WHERE ${reviews.callId} = ${tasks.callId}
      AND (${reviews.state} = 'submitted' OR (${reviews.reviewerId} = ${reviewerId}
        AND ${reviews.state} IN ('completed', 'skipped', 'returned'))))`;
}

function linesTable(lines: readonly QueueLine[]): SQL {
  const rows = JSON.stringify(lines.map(({ campaign, team }) => [campaign, team]));
  return sql`(SELECT value ->> 0 AS campaign, value ->> 1 AS team FROM json_each(${rows})) AS line`;
}
