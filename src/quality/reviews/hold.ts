import { and, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { reviews, scorecards, tasks } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { actorText, type Act, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { DAY, SECOND } from "../../lib/time";
import { readCall, snapshotCall, taskIdOf } from "../../calls";
import { eventRows, insertEvents, spillLarge } from "../../events";
import { misfitsOf, scoreOf, type Answers, type ScorecardDefinition } from "../scorecards";
import { named, readReview } from "./read";
import { apartNoted, atSubmission, overridesOf, ownNoted, prefillOf, withOwn } from "../prefill/kept";
import { snapshotReview, type ReviewRow } from "./rows";
import { readTask, snapshotTask } from "../tasks";
import { LEASE, LOST, type ReviewDeps } from "./take";

// What somebody does with a review that they have: they keep it while they work at it, their answers are stored as they
// give them, they submit it, take that back, or skip it.

/** How long a submitted review can be taken back. Nobody is told of it before. */
export const UNDO = 10 * SECOND;

/** Nobody else is given the call while its review is being completed, however late that is. */
const SUBMITTED_LEASE = DAY;

type Target = Within & { id: string };
type Held = Promise<Result<ReviewRow, DomainError>>;

const NOT_OPEN: DomainError = {
  kind: "conflict",
  message: "The review is not in progress: it was submitted, skipped or given to somebody else.",
};
const TOO_LATE: DomainError = { kind: "conflict", message: "It is too late to take the review back." };

/**
 * Keeps a review for as long again, and stores the answers that are given. `unfinished`: the criteria whose answers are still
 * being written, of which nothing is shown yet that engines answered.
 */
export async function keepReview(
  { db }: Pick<ReviewDeps, "db">,
  target: Target,
  given: Answers | undefined,
  act: Act,
  unfinished: readonly string[] = [],
): Held {
  const found = await ownAtWork(db, target, act);
  if (!found.ok) return found;
  const review = found.value;
  if (given !== undefined) {
    const misfits = misfitsOf(await definitionOf(db, review), given);
    if (misfits.length > 0) return err({ kind: "invalid", fields: misfits });
  }
  // What an engine answered is shown from here on where its reviewer has answered by now.
  const known = prefillOf(review);
  const whole = given && Object.fromEntries(Object.entries(given).filter(([id]) => !unfinished.includes(id)));
  const prefill = known && whole !== undefined ? withOwn(known, whole) : known;
  const noted = ownNoted(known, whole);
  const [renewed, stored] = await runBatch(db, [
    renewal(db, review, act.now + LEASE, sql`TRUE`),
    db
      .update(reviews)
      .set(given === undefined ? { state: "in_progress" } : { answers: given, ...(noted && { prefill: noted }) })
      .where(and(named(review.organizationId, review.id), eq(reviews.state, "in_progress"))),
  ]);
  if (changesOf(renewed) === 0 || changesOf(stored) === 0) return err(LOST);
  return ok({ ...review, answers: given ?? review.answers, prefill: prefill ?? review.prefill });
}

/** Submits a review: its answers are checked and scored. For some seconds it can be taken back. */
export async function submitReview(
  { db, nudges }: Pick<ReviewDeps, "db" | "nudges">,
  target: Target,
  given: Answers | undefined,
  act: Act,
): Held {
  const found = await ownAtWork(db, target, act);
  if (!found.ok) return found;
  const review = found.value;
  const answers = given ?? review.answers ?? {};
  const definition = await definitionOf(db, review);
  const misfits = misfitsOf(definition, answers);
  const result = scoreOf(definition, answers);
  const kept = prefillOf(review);
  const known = kept && atSubmission(kept, definition, answers);
  const unexplained = overridesOf(known, answers).filter(({ reason }) => reason === "");
  const fields = [
    ...misfits,
    ...result.open.map((id) => ({ field: `answers.${id}`, message: "has to be answered" })),
    ...unexplained.map(({ criterion }) => ({ field: `answers.${criterion}.reason`, message: "has to say why" })),
  ];
  if (fields.length > 0) return err({ kind: "invalid", fields });
  const { now } = act;
  const { score, passed } = result;
  const submitted = {
    state: "submitted" as const,
    answers,
    result,
    score,
    passed,
    submittedAt: now,
    undoUntil: now + UNDO,
    writer: newId("wrt", now),
  };
  // From here on their engines' answers are shown: whoever takes the review back and changes one overrides it.
  const noted = known && apartNoted(known, ownNoted(known, answers));
  const isHeld = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE ${isTaskOf(review)})`;
  const [written] = await runBatch(db, [
    db
      .update(reviews)
      .set({ ...submitted, ...(noted && { prefill: noted }) })
      .where(and(named(review.organizationId, review.id), eq(reviews.state, "in_progress"), isHeld)),
    renewal(db, review, now + SUBMITTED_LEASE, writtenBy(review, submitted.writer)),
  ]);
  if (changesOf(written) === 0) return err(LOST);
  await nudges.reviews(UNDO / SECOND + 1);
  return ok({ ...review, ...submitted, prefill: known ? withOwn(known, answers) : review.prefill });
}

/** Takes back a review that was submitted just now: it is in progress again, with its answers. */
export async function undoSubmit({ db }: Pick<ReviewDeps, "db">, target: Target, act: Act): Held {
  const found = await ownReview(db, target, act);
  if (!found.ok) return found;
  const review = found.value;
  const { now } = act;
  const taken = {
    state: "in_progress" as const,
    result: null,
    score: null,
    passed: null,
    submittedAt: null,
    undoUntil: null,
    writer: newId("wrt", now),
  };
  const [written] = await runBatch(db, [
    db
      .update(reviews)
      .set(taken)
      .where(
        and(
          named(review.organizationId, review.id),
          eq(reviews.state, "submitted"),
          sql`${reviews.undoUntil} > ${now}`,
        ),
      ),
    renewal(db, review, now + LEASE, writtenBy(review, taken.writer)),
  ]);
  return changesOf(written) > 0 ? ok({ ...review, ...taken }) : err(TOO_LATE);
}

export const SKIP_REASONS = ["audio", "language", "known_person", "not_mine", "other"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Skips a review: the call goes back into the queue, for everybody but this reviewer. */
export async function skipReview(
  { db }: Pick<ReviewDeps, "db">,
  target: Target,
  { reason, note }: { reason: SkipReason; note: string | null },
  act: Act,
): Held {
  const found = await ownReview(db, target, act);
  if (!found.ok) return found;
  const review = found.value;
  const skipped = { state: "skipped" as const, reason, note, writer: newId("wrt", act.now) };
  const isOpen = sql`${reviews.state} IN ('assigned', 'in_progress')`;
  const [written] = await runBatch(db, [
    db
      .update(reviews)
      .set(skipped)
      .where(and(named(review.organizationId, review.id), isOpen)),
    db
      .update(tasks)
      .set({ leaseUntil: 0, reviewId: null, assigneeId: null })
      .where(and(isTaskOf(review), writtenBy(review, skipped.writer))),
  ]);
  return changesOf(written) > 0 ? ok({ ...review, ...skipped }) : err(NOT_OPEN);
}

/** Hands a review up: nobody is given the call from the queue, until somebody is chosen for it. */
export async function escalateReview({ db, bucket, nudges }: ReviewDeps, target: Target, note: string, act: Act): Held {
  const found = await ownReview(db, target, act);
  if (!found.ok) return found;
  const review = found.value;
  const { now } = act;
  const escalated = { state: "escalated" as const, reason: "escalated", note, writer: newId("wrt", now) };
  const [call, task] = await Promise.all([
    readCall(db, { ...target, id: review.callId }),
    readTask(db, { ...target, id: taskIdOf(review.callId) }),
  ]);
  if (!call.ok || !task.ok) return err(notFound("review"));
  const given = { leaseUntil: 0, assigneeId: null, escalatedAt: now };
  const stream = { id: review.callId, organizationId: review.organizationId };
  const data = {
    review: snapshotReview({ ...review, ...escalated }),
    task: snapshotTask({ ...task.value, ...given }),
    call: snapshotCall(call.value),
  };
  const facts = await spillLarge(bucket, stream, [{ type: "review.escalated", data }], now);
  const isWritten = writtenBy(review, escalated.writer);
  const isHeld = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE ${isTaskOf(review)})`;
  const [written] = await runBatch(db, [
    db
      .update(reviews)
      .set(escalated)
      .where(
        and(named(review.organizationId, review.id), sql`${reviews.state} IN ('assigned', 'in_progress')`, isHeld),
      ),
    db
      .update(tasks)
      .set(given)
      .where(and(isTaskOf(review), isWritten)),
    ...insertEvents(db, eventRows([{ stream, facts, guard: isWritten }], now)),
  ]);
  if (changesOf(written) === 0) return err(NOT_OPEN);
  await nudges.events([{ stream: stream.id, organizationId: stream.organizationId }]);
  return ok({ ...review, ...escalated });
}

/** A review of whoever acts. That of somebody else looks missing. */
async function ownReview(db: Database, target: Target, { actor }: Act): Held {
  const viewer = { id: actorText(actor), seesAll: false };
  const found = await readReview(db, viewer, target);
  return found.ok && found.value.reviewerId !== viewer.id ? err(notFound("review")) : found;
}

/** One that they are at work at. */
async function ownAtWork(db: Database, target: Target, act: Act): Held {
  const found = await ownReview(db, target, act);
  if (!found.ok || found.value.state === "in_progress") return found;
  return err(found.value.state === "lapsed" ? LOST : NOT_OPEN);
}

/** SQL that is true for the task of a review while the review has it. */
export function isTaskOf({ callId, id }: Pick<ReviewRow, "callId" | "id">): SQL | undefined {
  return and(eq(tasks.id, taskIdOf(callId)), eq(tasks.reviewId, id), eq(tasks.state, "open"));
}

/** SQL that is true where a review was written by this writer last. */
export function writtenBy({ organizationId, id }: Pick<ReviewRow, "organizationId" | "id">, writer: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${reviews} WHERE ${named(organizationId, id)} AND writer = ${writer})`;
}

function renewal(db: Database, review: ReviewRow, leaseUntil: number, when: SQL) {
  return db
    .update(tasks)
    .set({ leaseUntil })
    .where(and(isTaskOf(review), when));
}

/** What a review asks: the version that it began with, which never changes. */
export async function definitionOf(db: Database, review: ReviewRow): Promise<ScorecardDefinition> {
  const { organizationId, scorecardId, scorecardVersion } = review;
  const row = await db
    .select({ definition: scorecards.definition })
    .from(scorecards)
    .where(
      and(
        eq(scorecards.organizationId, organizationId),
        eq(scorecards.id, scorecardId ?? ""),
        eq(scorecards.version, scorecardVersion ?? 0),
      ),
    )
    .get();
  if (!row) throw new Error(`the scorecard of ${review.id} is not there`);
  return row.definition as ScorecardDefinition;
}
