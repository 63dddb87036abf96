import { and, asc, eq, inArray, lte, sql, type SQL } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { assignments, writeRows, type RowWrite } from "../../db/rows";
import { reviews, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { eventRows, insertEvents, spillLarge, type NewEvent, type StreamFacts } from "../../events";
import { FULL_REACH } from "../../identity";
import { eachOrganization } from "../../lib/each-organization";
import { newId } from "../../lib/id";
import { readCallHeads, snapshotCall, taskIdOf } from "../../calls";
import { readOpinionsOf, type KnownOpinions } from "../consensus/known";
import { stillAt } from "../consensus/rows";
import { COMPLETED_TASK, consensusRows, settle, taskRow } from "../consensus/settle";
import { snapshotTask, type TaskRow } from "../tasks";
import { definitionOf, isTaskOf, writtenBy } from "./hold";
import { reviewOf, snapshotReview, withheld, type ReviewRow } from "./rows";
import type { ReviewDeps } from "./take";

/** Reviews that are completed in one turn. */
const AT_ONCE = 100;

/**
 * Completes the reviews that can no longer be taken back: the review, its task and its event in one batch, of several
 * reviews of a call also what they come to. Gives how many there were. Whoever comes second finds nothing left to do; what
 * changed meanwhile is looked at again in the next turn.
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
    const several = await readOpinionsOf(
      db,
      organizationId,
      held.filter(({ wanted }) => wanted > 1),
    );
    const writer = newId("wrt", now);
    const completions: RowWrite[] = [];
    const ofTasks: RowWrite[] = [];
    const ofSeveral: RowWrite[] = [];
    const streams: StreamFacts[] = [];
    for (const review of ofIt) {
      const completed = { state: "completed" as const, completedAt: now, writer };
      const call = calls.find(({ id }) => id === review.callId);
      const task = held.find(({ callId }) => callId === review.callId);
      // A call that was erased meanwhile has no stream any more.
      if (!call || !task) {
        completions.push(completion(review, completed));
        continue;
      }
      const known = several.get(task.callId);
      const stream = { id: call.id, organizationId };
      const whole = { ...review, ...completed };
      const { pass_percent: passPercent } =
        known || review.passed === false ? await definitionOf(db, review) : { pass_percent: 0 };
      const settlement =
        known && settle({ task, call, ...known, done: [...known.done, whole], passPercent }, { writer, now });
      completions.push(completion(review, completed, unchanged(task, known)));
      const after = { ...task, ...(settlement ? settlement.task : COMPLETED_TASK) };
      const data = {
        // While others are to review it, what one of them found is in no event.
        review: snapshotReview(task.blind && settlement ? withheld(whole) : whole),
        task: snapshotTask(after),
        call: snapshotCall(call),
      };
      const told: NewEvent[] = [{ type: "review.completed", data }];
      if (settlement) told.push(...settlement.events);
      else if (review.passed === false)
        told.push({ type: "quality.threshold_breach", data: { ...data, threshold: passPercent } });
      const facts = await spillLarge(bucket, stream, told, now);
      const isWritten = writtenBy(review, writer);
      streams.push({ stream, facts, guard: isWritten });
      if (settlement)
        ofSeveral.push(taskRow(settlement, task, isWritten), ...consensusRows(settlement, task, isWritten));
      else
        ofTasks.push({
          write: sql`UPDATE ${tasks} SET ${assignments(tasks, COMPLETED_TASK)}`,
          when: sql`${isTaskOf(review)} AND ${isWritten}`,
        });
    }
    await runBatch(db, [
      ...writeRows(db, completions),
      ...writeRows(db, ofTasks),
      ...writeRows(db, ofSeveral),
      ...insertEvents(db, eventRows(streams, now)),
    ]);
    await nudges.events(streams.map(({ stream }) => ({ stream: stream.id, organizationId })));
  });
  return due.length;
}

/** SQL that is true while the reviews that a call needs, and those that are done, are as they were read. */
function unchanged(task: TaskRow, known: KnownOpinions | undefined): SQL {
  const wants = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${task.id} AND wanted = ${task.wanted})`;
  if (!known) return wants;
  const done = sql`(SELECT count(*) FROM ${reviews} AS other WHERE other.call_id = ${task.callId}
    AND other.state = 'completed') = ${known.done.length}`;
  return sql`${wants} AND ${done} AND ${stillAt(task, known.consensus?.writer ?? null)}`;
}

function completion(
  { organizationId, id }: ReviewRow,
  completed: { state: "completed"; completedAt: number; writer: string },
  isUnchanged: SQL = sql`TRUE`,
): RowWrite {
  const isDue = and(eq(reviews.organizationId, organizationId), eq(reviews.id, id), eq(reviews.state, "submitted"));
  return {
    write: sql`UPDATE ${reviews} SET ${assignments(reviews, completed)}`,
    when: sql`${isDue} AND ${reviews.undoUntil} <= ${completed.completedAt} AND ${isUnchanged}`,
  };
}

async function dueReviews(db: Database, now: number) {
  return db
    .select()
    .from(reviews)
    .where(and(sql`state = 'submitted'`, lte(reviews.undoUntil, now)))
    .orderBy(asc(reviews.undoUntil))
    .limit(AT_ONCE);
}
