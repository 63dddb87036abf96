import { and, asc, eq, inArray, lte, not, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { absences, reviews, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { notFound, type DomainError } from "../../errors";
import {
  commonReach,
  FULL_REACH,
  isLimited,
  knownRole,
  listMembers,
  permissionsOf,
  reachesOfMembers,
  ROLES,
  systemAct,
  type Act,
  type Member,
  type Reach,
  type Within,
} from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { readCallHeads } from "../../calls";
import { given, writePlans } from "../reviews/assign";
import { mayReview } from "../reviews/may-review";
import { isOpenReview } from "../reviews/rows";
import type { ReviewDeps } from "../reviews/take";
import { HANDED_ON } from "../tasks";

/** Somebody who may review: what they have to do, and whether they are away. */
export type Reviewer = {
  id: string;
  name: string;
  /** Open tasks that are theirs, and those of them that are late. */
  open: number;
  overdue: number;
  /** Until when they are away: null until further notice, undefined where they are not. */
  awayUntil: number | null | undefined;
};

const MOST_MEMBERS = 1_000;
/** Tasks that are handed on in one batch, and the batches of one turn. */
const AT_ONCE = 100;
const BATCHES = 20;

const WHOLE_ONLY: DomainError = {
  kind: "forbidden",
  message: "This is for whoever reaches the whole organization.",
};

/** The people of an organization who may review something within a reach, with what of it is theirs; by name. */
export async function listReviewers(db: Database, { organizationId, reach }: Within, now: number): Promise<Reviewer[]> {
  const members = (await listMembers(db, { organizationId, limit: MOST_MEMBERS })).filter(mayBeReviewer);
  const people = await meeting(db, members, reach);
  const ids = valueList(people.map(({ userId }) => userId));
  const [counted, away] = await db.batch([
    db
      .select({
        id: tasks.assigneeId,
        open: sql<number>`count(*)`.as("open_tasks"),
        overdue: sql<number>`sum(CASE WHEN ${tasks.dueAt} < ${now} THEN 1 ELSE 0 END)`.as("late_tasks"),
      })
      .from(tasks)
      .where(
        and(
          eq(tasks.state, "open"),
          eq(tasks.organizationId, organizationId),
          inArray(tasks.assigneeId, ids),
          reach.campaigns === null ? undefined : inArray(tasks.campaignId, valueList(reach.campaigns)),
          reach.operators === null ? undefined : inArray(tasks.operatorId, valueList(reach.operators)),
        ),
      )
      .groupBy(tasks.assigneeId),
    db.select().from(absences).where(eq(absences.organizationId, organizationId)),
  ]);
  return people
    .map(({ userId: id, name }) => {
      const ofThem = counted.find((one) => one.id === id);
      const absence = away.find((one) => one.reviewerId === id && (one.until === null || one.until > now));
      return { id, name, open: ofThem?.open ?? 0, overdue: ofThem?.overdue ?? 0, awayUntil: absence?.until };
    })
    .toSorted((one, other) => one.name.localeCompare(other.name) || (one.id < other.id ? -1 : 1));
}

/** Those who reach some of what is within a reach. */
async function meeting(db: Database, members: Member[], reach: Reach): Promise<Member[]> {
  if (!isLimited(reach)) return members;
  const reaches = await reachesOfMembers(db, members);
  return members.filter((_, at) => {
    const { campaigns, operators } = commonReach(reaches[at] ?? FULL_REACH, reach);
    return campaigns?.length !== 0 && operators?.length !== 0;
  });
}

function mayBeReviewer({ role, disabledAt }: Member): boolean {
  const known = knownRole(role);
  if (!known || disabledAt !== null) return false;
  const { scopes } = ROLES[known];
  return scopes === null || permissionsOf(scopes).includes("reviews:write");
}

/**
 * Says that somebody is away: rules give them nothing. `handOn`: what they have not begun goes to others. That is in every
 * campaign, so it is for who reaches all of them.
 */
export async function setAbsence(
  deps: ReviewDeps,
  { organizationId, reach, reviewerId }: Within & { reviewerId: string },
  { until, handOn }: { until: number | null; handOn: boolean },
  act: Act,
): Promise<Result<void, DomainError>> {
  const { db } = deps;
  if (isLimited(reach)) return err(WHOLE_ONLY);
  if (!(await mayReview(db, { organizationId, reach: FULL_REACH }, reviewerId, act.now)).ok)
    return err(notFound("reviewer"));
  const row = { organizationId, reviewerId, until, createdAt: act.now };
  await db
    .insert(absences)
    .values(row)
    .onConflictDoUpdate({ target: [absences.organizationId, absences.reviewerId], set: { until } });
  if (handOn) await handOnTasks(deps, { organizationId, reviewerId, begun: false }, act);
  return ok(undefined);
}

/** Says that somebody is back. */
export async function endAbsence(
  db: Database,
  { organizationId, reach, reviewerId }: Within & { reviewerId: string },
): Promise<Result<void, DomainError>> {
  if (isLimited(reach)) return err(WHOLE_ONLY);
  const row = await db
    .delete(absences)
    .where(and(eq(absences.organizationId, organizationId), eq(absences.reviewerId, reviewerId)))
    .returning()
    .get();
  return row ? ok(undefined) : err(notFound("absence"));
}

/** `begun`: also what they have begun, and work at no more. `beyond`: only what this reach leaves out. */
type HandedOn = { organizationId: string; reviewerId: string; begun: boolean; beyond?: Reach };

/** Gives back what somebody was given, for the rules to choose anew or for the queue. Gives how many tasks that were. */
async function handOnTasks(
  deps: ReviewDeps,
  { organizationId, reviewerId, begun, beyond }: HandedOn,
  act: Act,
): Promise<number> {
  const { db } = deps;
  let handed = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const isUntouched = sql`NOT EXISTS (SELECT 1 FROM ${reviews} WHERE ${reviews.organizationId} = ${organizationId}
      AND ${reviews.id} = ${tasks.reviewId} AND ${reviews.state} = 'in_progress')`;
    const rows = await db
      .select()
      .from(tasks)
      .where(
        and(
          eq(tasks.state, "open"),
          eq(tasks.organizationId, organizationId),
          eq(tasks.assigneeId, reviewerId),
          lte(tasks.leaseUntil, act.now),
          begun ? undefined : isUntouched,
          beyond && not(tasksWithin(beyond)),
        ),
      )
      .orderBy(asc(tasks.place))
      .limit(AT_ONCE);
    const heads = await readCallHeads(db, { organizationId, reach: FULL_REACH, ids: rows.map((row) => row.callId) });
    const plans = rows.flatMap((task) => {
      const call = heads.find(({ id }) => id === task.callId);
      if (!call) return [];
      const plan = given({ task, call }, { reviewerId: null }, act);
      return [{ ...plan, set: { ...plan.set, assignAt: HANDED_ON } }];
    });
    const { written } = await writePlans(deps, plans, act.now);
    handed += written.size;
    if (rows.length < AT_ONCE || written.size === 0) break;
  }
  return handed;
}

/** SQL that is true for the tasks of calls within a reach, false for all others. */
function tasksWithin({ campaigns, operators }: Reach): SQL {
  const among = (column: SQLWrapper, ids: readonly string[] | null) =>
    ids === null ? sql`TRUE` : sql`coalesce(${column}, '') IN ${valueList(ids)}`;
  return sql`(${among(tasks.campaignId, campaigns)} AND ${among(tasks.operatorId, operators)})`;
}

/**
 * What people have who may not review any more goes back, in every organization; and of those whose reach is limited what is
 * beyond it by now: it was narrowed, or the call moved. It would be offered to nobody.
 */
export async function handOnOfGone(deps: ReviewDeps, now: number): Promise<number> {
  const { db } = deps;
  const holders = await db
    .selectDistinct({ organizationId: reviews.organizationId, reviewerId: reviews.reviewerId })
    .from(reviews)
    .where(isOpenReview);
  let handed = 0;
  for (const { organizationId, reviewerId } of holders) {
    const rights = await mayReview(db, { organizationId, reach: FULL_REACH }, reviewerId, now);
    const beyond = rights.ok ? (rights.value?.reach ?? FULL_REACH) : null;
    if (beyond && !isLimited(beyond)) continue;
    const held = { organizationId, reviewerId, begun: true, ...(beyond && { beyond }) };
    handed += await handOnTasks(deps, held, systemAct(now));
  }
  return handed;
}

/** Puts open tasks of teams that were deleted into the queue, for everybody who reaches their campaign. */
export async function freeTasksOfGoneTeams(db: Database, limit: number): Promise<void> {
  // From one team to the next in the index, not through all their tasks.
  const named = sql`WITH RECURSIVE named(id) AS (
      SELECT min(team_id) FROM tasks WHERE state = 'open' AND team_id IS NOT NULL
      UNION ALL SELECT (SELECT min(team_id) FROM tasks WHERE state = 'open' AND team_id IS NOT NULL AND team_id > named.id)
        FROM named WHERE named.id IS NOT NULL)
    SELECT id FROM named WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM teams WHERE teams.id = named.id)`;
  await runBatch(db, [
    db.run(sql`UPDATE tasks SET team_id = NULL, team_name = NULL WHERE id IN (SELECT id FROM tasks WHERE state = 'open'
      AND team_id IS NOT NULL AND team_id IN (${named}) LIMIT ${limit})`),
  ]);
}
