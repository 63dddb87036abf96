import { and, asc, eq, inArray, lte, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { assignments, writeRows, type RowWrite } from "../../db/rows";
import { reviews, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { eventRows, insertEvents, spillLarge, type GuardedEvent, type StreamFacts } from "../../events";
import { FULL_REACH } from "../../identity";
import { eachOrganization } from "../../lib/each-organization";
import { newId } from "../../lib/id";
import { readCallHeads, snapshotCall, taskIdOf } from "../../calls";
import { snapshotTask } from "../tasks";
import { definitionOf, isTaskOf, writtenBy } from "./hold";
import { reviewOf, snapshotReview, type ReviewRow } from "./rows";
import type { ReviewDeps } from "./take";

/** Reviews that are completed in one turn. */
const AT_ONCE = 100;

/**
 * Completes the reviews that can no longer be taken back: the review, its task and its event in one batch. Gives how many
 * there were. Whoever comes second finds nothing left to do.
 */
export async function completeReviews(deps: ReviewDeps, now: number): Promise<number> {
  const { db, bucket, nudges } = deps;
  const due = (await dueReviews(db, now)).map(reviewOf);
  if (due.length === 0) return 0;
  await eachOrganization(due, async (organizationId, ofIt) => {
    const ids = ofIt.map(({ callId }) => callId);
    const [calls, held] = await Promise.all([
      readCallHeads(db, { organizationId, reach: FULL_REACH, ids }),
      db
        .select()
        .from(tasks)
        .where(inArray(tasks.id, valueList(ids.map(taskIdOf)))),
    ]);
    const writer = newId("wrt", now);
    const completions: RowWrite[] = [];
    const ofTasks: RowWrite[] = [];
    const streams: StreamFacts[] = [];
    for (const review of ofIt) {
      const completed = { state: "completed" as const, completedAt: now, writer };
      completions.push(completion(review, completed));
      const call = calls.find(({ id }) => id === review.callId);
      const task = held.find(({ callId }) => callId === review.callId);
      // A call that was erased meanwhile has no stream any more.
      if (!call || !task) continue;
      const stream = { id: call.id, organizationId };
      const data = {
        review: snapshotReview({ ...review, ...completed }),
        task: snapshotTask({ ...task, ...AFTER_REVIEW }),
        call: snapshotCall(call),
      };
      const told: GuardedEvent[] = [{ type: "review.completed", data }];
      if (review.passed === false) {
        const { pass_percent: threshold } = await definitionOf(db, review);
        told.push({ type: "quality.threshold_breach", data: { ...data, threshold } });
      }
      const facts = await spillLarge(bucket, stream, told, now);
      streams.push({ stream, facts, guard: writtenBy(review, writer) });
      ofTasks.push({
        write: sql`UPDATE ${tasks} SET ${assignments(tasks, AFTER_REVIEW)}`,
        when: sql`${isTaskOf(review)} AND ${writtenBy(review, writer)}`,
      });
    }
    await runBatch(db, [
      ...writeRows(db, completions),
      ...writeRows(db, ofTasks),
      ...insertEvents(db, eventRows(streams, now)),
    ]);
    await nudges.events(streams.map(({ stream }) => ({ stream: stream.id, organizationId })));
  });
  return due.length;
}

function completion(
  { organizationId, id }: ReviewRow,
  completed: { state: "completed"; completedAt: number; writer: string },
): RowWrite {
  const isDue = and(eq(reviews.organizationId, organizationId), eq(reviews.id, id), eq(reviews.state, "submitted"));
  return {
    write: sql`UPDATE ${reviews} SET ${assignments(reviews, completed)}`,
    when: sql`${isDue} AND ${reviews.undoUntil} <= ${completed.completedAt}`,
  };
}

/** What a task is after a review of it. */
const AFTER_REVIEW = { state: "completed", leaseUntil: 0 } as const;

async function dueReviews(db: Database, now: number) {
  return db
    .select()
    .from(reviews)
    .where(and(sql`state = 'submitted'`, lte(reviews.undoUntil, now)))
    .orderBy(asc(reviews.undoUntil))
    .limit(AT_ONCE);
}
