import { and, asc, eq, getTableColumns, sql, type SQL } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { readTogether, rowsOf, rowsTogether, type Query } from "../../db/read-together";
import { calls, campaigns, reviews, scorecards, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { notFound, type DomainError } from "../../errors";
import { eventRows, insertEvents, spillLarge } from "../../events";
import { actorText, type Act, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { snapshotCall, taskIdIn, taskIdOf, type CallHead } from "../../calls";
import type { Nudges } from "../../queues/senders";
import type { ScorecardDefinition } from "../scorecards";
import { isJudged } from "../scorecards/is-judged";
import { fillIn } from "../prefill/fill";
import { snapshotTask, type TaskRow } from "../tasks";
import { named } from "./read";
import { COUNTED, countDone, countWaiting, lineQueries, linesOf, nextTask, type QueueLine } from "./queue";
import { isOpenReview, reviewOf, snapshotReview, type ReviewRow } from "./rows";

/** How long a call stays with who took it. The page renews it while somebody works at it. */
export const LEASE = 5 * MINUTE;

export type ReviewDeps = {
  db: Database;
  bucket: R2Bucket;
  nudges: Pick<Nudges, "events" | "reviews">;
};

/** A review with all that it takes to do it. */
export type Taken = {
  review: ReviewRow;
  task: TaskRow;
  call: CallHead;
  definition: ScorecardDefinition;
  /** Submitted in this sitting; and what waits, exact up to a number. */
  progress: { done: number; waiting: number; more: boolean };
};

export type TakeQuery = Within & {
  campaignId?: string | undefined;
  /** A review that somebody is at: they are given the one after it, to have it ready. */
  after?: string | undefined;
};

/** Reviews that somebody may have begun or been given: of these the oldest is looked at first. */
const FIRST_OF_OPEN = 20;

const { conversation: _, unmasked: __, ...headColumns } = getTableColumns(calls);

/**
 * The next review of somebody: one that they have begun and still have, else one they were given, else the next of the
 * queue, which nobody else is given until their lease ends. Null where nothing waits. In the queue a task is taken by one
 * guarded update, so no two takers have the same.
 */
export async function takeNext(deps: ReviewDeps, query: TakeQuery, act: Act): Promise<Taken | null> {
  const { db } = deps;
  const { organizationId } = query;
  const reviewerId = actorText(act.actor);
  const [published, ofReach, inTeams, begun, given] = await db.batch([
    ...lineQueries(db, query, { reviewerId, campaignId: query.campaignId }),
    openReviews(db, query, { reviewerId, state: "in_progress" }),
    openReviews(db, query, { reviewerId, state: "assigned" }),
  ]);
  const lines = linesOf([published, ofReach, inTeams]);
  const claim = { organizationId, reach: query.reach, lines, reviewerId, now: act.now };
  for (const known of [...begun, ...given]) {
    const taken = await claimTask(deps, { ...claim, reviewId: known.id, known: reviewOf(known) });
    if (taken) return taken;
  }
  return lines.length === 0 ? null : claimTask(deps, { ...claim, reviewId: newId("rev", act.now) });
}

/** Somebody's review that they were given, or have begun: it is theirs again unless somebody else has the call. */
export async function resumeReview(
  deps: ReviewDeps,
  query: Within & { review: ReviewRow },
  act: Act,
): Promise<Result<Taken, DomainError>> {
  const { review, organizationId, reach } = query;
  const reviewerId = actorText(act.actor);
  if (review.reviewerId !== reviewerId) return err(notFound("review"));
  const campaignId = review.campaignId ?? undefined;
  const lines = linesOf(await deps.db.batch([...lineQueries(deps.db, query, { reviewerId, campaignId })]));
  if (lines.length === 0) return err(NO_SCORECARD);
  const claim = { organizationId, reach, lines, reviewerId, now: act.now };
  const taken = await claimTask(deps, { ...claim, reviewId: review.id, known: review });
  return taken ? ok(taken) : err(LOST);
}

export const NO_SCORECARD: DomainError = {
  kind: "conflict",
  message: "No published scorecard is for the campaign of this call.",
};

export const LOST: DomainError = {
  kind: "conflict",
  message: "Somebody else has this call now, or its review is over. What you answered is kept.",
};

/** `known`: a review that is there, whose call alone is to be taken. Otherwise the next one of the lines. */
type Claim = Within & {
  lines: readonly QueueLine[];
  reviewerId: string;
  now: number;
  reviewId: string;
  known?: ReviewRow;
};

/**
 * The reviews of somebody in a state that they may do now, the oldest first: of what was asked for, within their reach, which
 * may be smaller than when they were given them, and with a scorecard to judge by.
 */
export function openReviews(
  db: Database,
  { organizationId, reach, campaignId, after }: TakeQuery,
  { reviewerId, state }: { reviewerId: string; state: "in_progress" | "assigned" },
) {
  // Whether one is judged at all is asked once, and only where there are such reviews.
  const lines = sql`(SELECT line.id FROM ${campaigns} AS line WHERE line.organization_id = ${organizationId}
    AND line.archived_at IS NULL AND ${isJudged(organizationId, sql`line.id`)} ${campaignId === undefined ? sql`` : sql`AND line.id = ${campaignId}`}
    ${reach.campaigns === null ? sql`` : sql`AND line.id IN ${valueList(reach.campaigns)}`})`;
  // Without statistics SQLite would rather read all reviews of the organization in the order of their ids.
  const first = sql`(SELECT id FROM ${reviews} INDEXED BY reviews_open WHERE organization_id = ${organizationId}
    AND reviewer_id = ${reviewerId} AND state = ${state} AND ${isOpenReview} AND campaign_id IN ${lines}
    ${reach.operators === null ? sql`` : sql`AND operator_id IN ${valueList(reach.operators)}`}
    ${after === undefined ? sql`` : sql`AND id <> ${after}`} ORDER BY id LIMIT ${FIRST_OF_OPEN})`;
  return db
    .select()
    .from(reviews)
    .where(and(eq(reviews.organizationId, organizationId), sql`${reviews.id} IN ${first}`))
    .orderBy(asc(reviews.id));
}

/**
 * Takes a task with its review, and reads what is with it, in one batch: all of it goes by the id of the review, which is
 * written first. Who had begun to review the call before has lost it by then. Null where there is nothing to take.
 */
async function claimTask(deps: ReviewDeps, claim: Claim): Promise<Taken | null> {
  const { db } = deps;
  const { organizationId, reviewId, now } = claim;
  const isIt = named(organizationId, reviewId) ?? sql`FALSE`;
  const callId = sql`(SELECT call_id FROM ${reviews} WHERE ${isIt} AND state = 'in_progress')`;
  const taskId = taskIdIn(callId);
  const columns: Record<string, (typeof headColumns)[keyof typeof headColumns]> = headColumns;
  const queries = [
    rowsOf(reviews, sql`WHERE ${isIt}`),
    rowsOf(tasks, sql`WHERE id = ${taskId} AND review_id = ${reviewId}`),
    { columns, from: sql`FROM ${calls} WHERE id = ${callId}` } as Query<CallHead>,
    rowsOf(
      scorecards,
      sql`WHERE organization_id = ${organizationId} AND (id, version) = (SELECT scorecard_id, scorecard_version
        FROM ${reviews} WHERE ${isIt})`,
    ),
    countWaiting(claim),
    countDone(claim),
  ] as const;
  const results = await runBatch(db, [
    claim.known ? resume(db, claim, claim.known) : begin(db, claim),
    db.run(sql`UPDATE ${tasks} SET lease_until = ${now + LEASE}, review_id = ${reviewId}
      WHERE id = ${taskId} AND ${isFree(claim)}`),
    db.run(sql`UPDATE ${reviews} SET state = 'lapsed' WHERE call_id = ${callId} AND state = 'in_progress'
      AND id <> ${reviewId}`),
    readTogether(db, queries),
  ]);
  const [[row], [task], [call], [card], [waiting], [done]] = rowsTogether(results.at(-1), queries);
  if (!row || row.state !== "in_progress" || !task || task.leaseUntil <= now || !call || !card) return null;
  const definition = card.definition as ScorecardDefinition;
  const review = await fillIn(deps, { review: reviewOf(row), task, definition });
  if (row.writer === UNTOLD) await tellAssigned(deps, { review, task, call }, now);
  const waits = waiting?.count ?? 0;
  return {
    review,
    task,
    call,
    definition,
    progress: { done: done?.count ?? 0, waiting: waits, more: waits >= COUNTED },
  };
}

/** The `writer` of a review whose event is not recorded yet. */
export const UNTOLD = "";

/** SQL that is true for a task that this review has, or that nobody has. */
function isFree({ reviewId, now }: Claim): SQL {
  return sql`state = 'open' AND (review_id = ${reviewId} OR lease_until <= ${now})`;
}

/** The review of the next task of the queue. */
function begin(db: Database, claim: Claim): Statement {
  const { organizationId, reviewId, reviewerId, lines, now } = claim;
  const cards = JSON.stringify(
    Object.fromEntries(lines.map(({ campaign, scorecard, version }) => [campaign, [scorecard, version]])),
  );
  const card = (at: 0 | 1) => sql`coalesce(${cardOfOthers(sql`next.call_id`, at)},
    (SELECT value ->> ${sql.raw(String(at))} FROM json_each(${cards}) WHERE key = next.campaign_id))`;
  return db.run(sql`INSERT INTO ${reviews} (organization_id, id, call_id, campaign_id, operator_id, reviewer_id, state,
      scorecard_id, scorecard_version, assigned_by, due_at, assigned_at, started_at, writer)
    SELECT ${organizationId}, ${reviewId}, next.call_id, next.campaign_id, next.operator_id, ${reviewerId}, 'in_progress',
      ${card(0)}, ${card(1)}, ${reviewerId}, next.due_at, ${now}, ${now}, ${UNTOLD}
    FROM ${tasks} AS next WHERE next.id = ${nextTask(claim)}`);
}

/** SQL for what the first review of a call was judged by, its scorecard or the version: the others are judged by the same. */
function cardOfOthers(callId: SQL, at: 0 | 1): SQL {
  const column = sql.identifier(at === 0 ? "scorecard_id" : "scorecard_version");
  return sql`(SELECT ${column} FROM ${reviews} AS first WHERE first.call_id = ${callId} AND first.state = 'completed'
    ORDER BY first.completed_at, first.id LIMIT 1)`;
}

/** A review that was given to somebody begins, or goes on where their lease has ended and nobody else has the call. */
function resume(db: Database, claim: Claim, { callId, campaignId }: ReviewRow): Statement {
  const { organizationId, reviewId, lines, now } = claim;
  const line = lines.find(({ campaign }) => campaign === campaignId);
  return db.run(sql`UPDATE ${reviews} SET state = 'in_progress', started_at = coalesce(started_at, ${now}),
      scorecard_version = CASE WHEN scorecard_id IS NULL
        THEN coalesce(${cardOfOthers(sql`${callId}`, 1)}, ${line?.version ?? null}) ELSE scorecard_version END,
      scorecard_id = coalesce(scorecard_id, ${cardOfOthers(sql`${callId}`, 0)}, ${line?.scorecard ?? null})
    WHERE ${named(organizationId, reviewId)} AND state IN ('assigned', 'in_progress') AND EXISTS
      (SELECT 1 FROM ${tasks} WHERE id = ${taskIdOf(callId)} AND ${isFree(claim)})`);
}

/** Records that somebody has a call to review, once. */
async function tellAssigned(
  { db, bucket, nudges }: ReviewDeps,
  { review, task, call }: Pick<Taken, "review" | "task" | "call">,
  now: number,
): Promise<void> {
  const stream = { id: call.id, organizationId: call.organizationId };
  const data = { review: snapshotReview(review), task: snapshotTask(task), call: snapshotCall(call) };
  const facts = await spillLarge(bucket, stream, [{ type: "review.assigned", data }], now);
  const isIt = and(named(review.organizationId, review.id), eq(reviews.writer, UNTOLD));
  const guard = sql`EXISTS (SELECT 1 FROM ${reviews} WHERE ${isIt})`;
  await runBatch(db, [
    ...insertEvents(db, eventRows([{ stream, facts, guard }], now)),
    db
      .update(reviews)
      .set({ writer: newId("wrt", now) })
      .where(isIt),
  ]);
  await nudges.events([{ stream: stream.id, organizationId: stream.organizationId }]);
}
