import { and, eq, inArray, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../../db/client";
import { assignments, insertRow, writeRows, type RowWrite } from "../../db/rows";
import { consensuses, reviews, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { invalid, notFound, type DomainError } from "../../errors";
import { eventRows, insertEvents, spillLarge, type StreamFacts } from "../../events";
import { actorText, noteCause, reachesCall, type Act, type ReachingRights, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { readCallHeads, snapshotCall, taskIdOf, type CallHead } from "../../calls";
import { NOTHING_FOUND } from "../consensus/rows";
import { snapshotTask, type TaskRow } from "../tasks";
import { named, readAnswers, readReview } from "./read";
import { isOpenReview, reviewOf, snapshotReview, type ReadReview, type ReviewRow } from "./rows";
import { mayReview } from "./may-review";
import type { ReviewDeps } from "./take";
import { writtenBy } from "./hold";

/** Who is to review, null for whoever takes it from the queue; and until when, undefined where that stays as it is. */
export type Choice = { reviewerId: string | null; dueAt?: number | null | undefined };

type Outcome = Result<{ changed: boolean }, DomainError>;

export const COMPLETED: DomainError = { kind: "conflict", message: "The call has been reviewed already." };
export const AT_WORK: DomainError = { kind: "conflict", message: "Somebody is reviewing the call now." };
export const CLOSED: DomainError = { kind: "conflict", message: "The task is closed. Open it again first." };
const BEYOND_REACH = invalid("reviewer_id", "does not reach the campaign of the call");
const REVIEWED: DomainError = { kind: "conflict", message: "They have reviewed the call already." };
const NOT_DONE: DomainError = { kind: "conflict", message: "Only a completed review can be returned." };

/** Gives calls within reach to somebody to review, or back to the queue: all in one batch, each by itself. */
export async function assignCalls(
  deps: ReviewDeps,
  { callIds, choice, ...within }: Within & { callIds: readonly string[]; choice: Choice },
  act: Act,
): Promise<Map<string, Outcome>> {
  const { db } = deps;
  const { now } = act;
  const rights = await mayReview(db, within, choice.reviewerId, now);
  if (!rights.ok) return new Map(callIds.map((id) => [id, rights]));
  const known = await readHeld(db, within, callIds);
  const outcomes = new Map<string, Outcome>();
  const plans: Plan[] = [];
  for (const callId of new Set(callIds)) {
    const held = known.get(callId);
    const planned = held ? planOf(held, choice, rights.value, act) : err(notFound("task"));
    if (planned.ok && planned.value) plans.push(planned.value);
    outcomes.set(callId, planned.ok ? ok({ changed: planned.value !== null }) : planned);
  }
  const { written } = await writePlans(deps, plans, now);
  for (const { task } of plans) if (!written.has(task.callId)) outcomes.set(task.callId, err(AT_WORK));
  return outcomes;
}

/** Has a completed review done again by its reviewer, in a review of its own that begins with the same answers. */
export async function returnReview(
  deps: ReviewDeps,
  { id, ...within }: Within & { id: string },
  note: string,
  act: Act,
): Promise<Result<ReadReview, DomainError>> {
  const { db } = deps;
  const found = await readReview(db, { id: actorText(act.actor), seesAll: true }, { ...within, id });
  if (!found.ok) return found;
  const review = found.value;
  if (review.state !== "completed") return err(NOT_DONE);
  const rights = await mayReview(db, within, review.reviewerId, act.now);
  if (!rights.ok) return rights;
  const held = (await readHeld(db, within, [review.callId])).get(review.callId);
  if (!held) return err(notFound("review"));
  if (held.open.length > 0) return err(AT_WORK);
  if (rights.value && !reachesCall(rights.value.reach, held.call)) return err(BEYOND_REACH);
  const returned = { state: "returned" as const, reason: "returned", note, writer: newId("wrt", act.now) };
  const plan = given(held, { reviewerId: review.reviewerId }, act);
  if (!plan.review) return err(NOT_DONE);
  // Its reviewer goes on from what they answered, also where whoever returns it must not know that yet.
  plan.review = { ...plan.review, answers: await readAnswers(db, review), note };
  plan.before = [
    {
      write: sql`UPDATE ${reviews} SET ${assignments(reviews, returned)}`,
      when: sql`${named(review.organizationId, review.id)} AND state = 'completed' AND NOT EXISTS (SELECT 1
        FROM ${reviews} AS other WHERE other.call_id = ${review.callId} AND ${otherIsOpen})`,
    },
  ];
  plan.when = writtenBy(review, returned.writer);
  // What several of them came to is open again until it is done anew.
  const reopened = { ...NOTHING_FOUND, state: "open" as const, writer: returned.writer };
  const reopening = {
    write: sql`UPDATE ${consensuses} SET ${assignments(consensuses, reopened)}`,
    when: sql`${consensuses.organizationId} = ${review.organizationId} AND ${consensuses.callId} = ${review.callId}
      AND ${plan.when}`,
  };
  const { written } = await writePlans(deps, [plan], act.now, { rows: [reopening] });
  return written.has(review.callId) ? ok({ ...review, ...returned }) : err(NOT_DONE);
}

const otherIsOpen = sql`other.state IN ('assigned', 'in_progress', 'submitted')`;

/** A call with its task, the reviews of it that are open, and who has completed one. */
export type Held = { task: TaskRow; call: CallHead; open: ReviewRow[]; reviewers: readonly string[] };

/** What is written for one call: `before` its task, then the task, then the new review, each only where `when` holds. */
export type Plan = {
  task: TaskRow;
  call: CallHead;
  before: RowWrite[];
  when: ReturnType<typeof sql>;
  set: Partial<TaskRow>;
  review: ReviewRow | null;
  writer: string;
};

export async function readHeld(db: Database, within: Within, callIds: readonly string[]): Promise<Map<string, Held>> {
  const [heads, [ofCalls, ofThem]] = await Promise.all([
    readCallHeads(db, { ...within, ids: callIds }),
    db.batch([
      db
        .select()
        .from(tasks)
        .where(
          and(eq(tasks.organizationId, within.organizationId), inArray(tasks.id, valueList(callIds.map(taskIdOf)))),
        ),
      db
        .select()
        .from(reviews)
        .where(and(inArray(reviews.callId, valueList(callIds)), sql`(${isOpenReview} OR state = 'completed')`)),
    ]),
  ]);
  const byCall = Map.groupBy(ofThem.map(reviewOf), ({ callId }) => callId);
  return new Map(
    ofCalls.flatMap((task) => {
      const call = heads.find(({ id }) => id === task.callId);
      const { done = [], open = [] } = Object.groupBy(byCall.get(task.callId) ?? [], ({ state }) =>
        state === "completed" ? "done" : "open",
      );
      return call ? [[task.callId, { task, call, open, reviewers: done.map(({ reviewerId }) => reviewerId) }]] : [];
    }),
  );
}

/** Null where it is so already. */
function planOf(held: Held, choice: Choice, rights: ReachingRights | null, act: Act): Result<Plan | null, DomainError> {
  const { task, call, open, reviewers } = held;
  if (task.state === "completed") return err(COMPLETED);
  if (task.state === "closed") return err(CLOSED);
  if (choice.reviewerId !== null && reviewers.includes(choice.reviewerId)) return err(REVIEWED);
  if (open.some(({ state }) => state === "submitted")) return err(AT_WORK);
  if (rights && !reachesCall(rights.reach, call)) return err(BEYOND_REACH);
  const own = open.find(({ reviewerId }) => reviewerId === choice.reviewerId);
  const staysDue = choice.dueAt === undefined || choice.dueAt === task.dueAt;
  if (
    task.escalatedAt === null &&
    task.assigneeId === choice.reviewerId &&
    staysDue &&
    (own || choice.reviewerId === null)
  )
    return ok(null);
  if (task.leaseUntil > act.now) return err(AT_WORK);
  return ok(given(held, choice, act));
}

export function given(
  { task, call }: Pick<Held, "task" | "call">,
  { reviewerId, dueAt = task.dueAt }: Choice,
  act: Act,
): Plan {
  const { now } = act;
  const writer = newId("wrt", now);
  const review: ReviewRow | null =
    reviewerId === null
      ? null
      : {
          organizationId: task.organizationId,
          id: newId("rev", now),
          callId: task.callId,
          campaignId: task.campaignId,
          operatorId: task.operatorId,
          reviewerId,
          state: "assigned",
          scorecardId: null,
          scorecardVersion: null,
          answers: null,
          prefill: null,
          result: null,
          score: null,
          passed: null,
          reason: null,
          note: null,
          assignedBy: actorText(act.actor),
          dueAt,
          assignedAt: now,
          startedAt: null,
          submittedAt: null,
          undoUntil: null,
          completedAt: null,
          writer,
        };
  const set = {
    state: "open" as const,
    assigneeId: reviewerId,
    reviewId: review?.id ?? null,
    dueAt,
    leaseUntil: 0,
    escalatedAt: null,
    assignAt: null,
  };
  const isFree = sql`${tasks.state} = 'open' AND ${tasks.leaseUntil} <= ${now}`;
  // Nobody reviews a call twice, also where they completed theirs a moment ago.
  const isOther = sql`NOT EXISTS (SELECT 1 FROM ${reviews} AS own WHERE own.call_id = ${tasks.callId}
    AND own.reviewer_id = ${reviewerId} AND own.state = 'completed')`;
  const when = reviewerId === null ? isFree : sql`${isFree} AND ${isOther}`;
  return { task, call, before: [], when, set, review, writer };
}

/** What else the batch writes: statements before it, rows after it. */
type Beside = { before?: readonly Statement[]; rows?: readonly RowWrite[] };

/**
 * Writes the plans whose calls nobody has begun to review meanwhile: `written` are the ids of those calls, `first` how many
 * rows the first statement of the batch changed.
 */
export async function writePlans(
  deps: ReviewDeps,
  plans: readonly Plan[],
  now: number,
  { before: earlier = [], rows = [] }: Beside = {},
): Promise<{ written: Set<string>; first: number }> {
  if (plans.length + earlier.length + rows.length === 0) return { written: new Set(), first: 0 };
  const { db, bucket, nudges } = deps;
  const told: RowWrite[] = [];
  const streams: StreamFacts[] = [];
  const moved: RowWrite[] = [];
  const ended: RowWrite[] = [];
  const begun: RowWrite[] = [];
  for (const { task, call, review, set, when } of plans) {
    moved.push({
      write: sql`UPDATE ${tasks} SET ${assignments(tasks, set)}`,
      when: sql`${tasks.id} = ${task.id} AND ${when}`,
    });
    const isGiven = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${task.id} AND review_id IS ${set.reviewId}
      AND assignee_id IS ${set.assigneeId})`;
    ended.push({
      write: sql`UPDATE ${reviews} SET state = CASE state WHEN 'assigned' THEN 'withdrawn' ELSE 'lapsed' END`,
      when: sql`${reviews.callId} = ${task.callId} AND state IN ('assigned', 'in_progress') AND ${isGiven}`,
    });
    if (!review) continue;
    begun.push(insertRow(reviews, review, isGiven));
    told.push(...noteAssigned(review));
    const stream = { id: call.id, organizationId: call.organizationId };
    const data = {
      review: snapshotReview(review),
      task: snapshotTask({ ...task, ...set }),
      call: snapshotCall(call),
    };
    const facts = await spillLarge(bucket, stream, [{ type: "review.assigned", data }], now);
    streams.push({ stream, facts, guard: writtenBy(review, review.writer) });
  }
  const ofPlans = valueList(plans.map(({ task }) => task.id));
  const results = await runBatch(db, [
    ...earlier,
    ...writeRows(
      db,
      plans.flatMap(({ before }) => before),
    ),
    // Each of these asks what the one before has done.
    ...writeRows(db, moved),
    ...writeRows(db, ended),
    ...writeRows(db, begun),
    ...writeRows(db, told),
    ...writeRows(db, rows),
    ...insertEvents(db, eventRows(streams, now)),
    db
      .select({ callId: tasks.callId, reviewId: tasks.reviewId, assigneeId: tasks.assigneeId })
      .from(tasks)
      .where(inArray(tasks.id, ofPlans)),
  ]);
  const after = (results.at(-1)?.results ?? []) as {
    call_id: string;
    review_id: string | null;
    assignee_id: string | null;
  }[];
  const written = plans.filter(({ task, set }) =>
    after.some(
      (row) => row.call_id === task.callId && row.review_id === set.reviewId && row.assignee_id === set.assigneeId,
    ),
  );
  await nudges.events(streams.map(({ stream }) => ({ stream: stream.id, organizationId: stream.organizationId })));
  return { written: new Set(written.map(({ task }) => task.callId)), first: changesOf(results[0]) };
}

/** A person who is given a call is notified of it, unless they gave it to themselves. A key reads no notifications. */
function noteAssigned(review: ReviewRow): RowWrite[] {
  const { organizationId, id: subjectId, campaignId, operatorId, reviewerId: userId, assignedBy, assignedAt } = review;
  if (!userId.startsWith("usr_") || userId === assignedBy) return [];
  const where = { organizationId, campaignId, operatorId, teamId: null, userId };
  const cause = { ...where, kind: "review_assigned" as const, subjectId, createdAt: assignedAt };
  return [noteCause(cause, writtenBy(review, review.writer))];
}
