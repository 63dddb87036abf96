import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { taskIdOf } from "../../calls";
import { lineQueries, linesOf, nextTask } from "./queue";
import { openReviews, type TakeQuery } from "./take";

/**
 * The id of the call that somebody would be given next (`takeNext`), so that its recording can be had in time: two round
 * trips. Nothing is taken, and somebody else may be given it first. Null where nothing waits. `now` in milliseconds.
 */
export async function peekNext(
  db: Database,
  query: TakeQuery,
  { reviewerId, now }: { reviewerId: string; now: number },
): Promise<string | null> {
  const { organizationId, reach } = query;
  const [published, ofReach, inTeams, begun, given] = await db.batch([
    ...lineQueries(db, query, { reviewerId, campaignId: query.campaignId }),
    openReviews(db, query, { reviewerId, state: "in_progress" }),
    openReviews(db, query, { reviewerId, state: "assigned" }),
  ]);
  const lines = linesOf([published, ofReach, inTeams]);
  if (lines.length === 0) return null;
  const open = [...begun, ...given];
  const ofOpen = valueList(open.map(({ callId }) => taskIdOf(callId)));
  const [held, [next]] = await db.batch([
    db
      .select({ callId: tasks.callId, reviewId: tasks.reviewId, leaseUntil: tasks.leaseUntil })
      .from(tasks)
      .where(sql`${tasks.id} IN ${ofOpen} AND ${tasks.state} = 'open'`),
    db
      .select({ callId: tasks.callId })
      .from(tasks)
      .where(sql`${tasks.id} = ${nextTask({ organizationId, reach, lines, reviewerId, now })}`),
  ]);
  const own = open.find(({ id, callId }) =>
    held.some((task) => task.callId === callId && (task.reviewId === id || task.leaseUntil <= now)),
  );
  return own?.callId ?? next?.callId ?? null;
}
