import { inArray, sql } from "drizzle-orm";
import { runBatch } from "../../db/client";
import { assignments, writeRows, type RowWrite } from "../../db/rows";
import { reviews, tasks } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { notFound, type DomainError } from "../../errors";
import { eventRows, insertEvents, spillLarge, type StreamFacts } from "../../events";
import type { Act, Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { snapshotCall } from "../../calls";
import { snapshotTask, type TaskRow } from "../tasks";
import { assignCalls, AT_WORK, COMPLETED, readHeld, type Held } from "./assign";
import type { ReviewDeps } from "./take";

/** Why a call needs no review. */
export const CLOSE_REASONS = ["not_needed", "duplicate", "no_conversation", "audio", "other"] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** What the state of a task is to be. What a review completed is changed by reviews alone. */
export type TaskChange = { state: "closed"; reason: CloseReason; note: string | null } | { state: "open" };

/** Rules close what no sample took; people have no such reason. */
type Closing = TaskChange | { state: "closed"; reason: "not_sampled"; note: null };

/** What an undo must know of a task that was closed: by which act, and whose work it was (a person or a key). */
export type ClosedTask = { closedBy: string; assigneeId: string | null };

type Outcome = Result<{ changed: boolean; before?: ClosedTask }, DomainError>;
type Planned = { held: Held; set: Partial<TaskRow> & { writer: string } };

/**
 * Closes the tasks of calls within reach without a review, or opens closed ones again: all in one batch, each by itself.
 * Who was given a call and has not begun has it no more: that is in what is given back of it. `writer`: of an act that may be
 * repeated after a crash, the same each time.
 */
export async function changeTasks(
  deps: ReviewDeps,
  {
    callIds,
    change,
    writer: given,
    ...within
  }: Within & { callIds: readonly string[]; change: Closing; writer?: string },
  act: Act,
): Promise<Map<string, Outcome>> {
  const writer = given ?? newId("wrt", act.now);
  const known = await readHeld(deps.db, within, callIds);
  const outcomes = new Map<string, Outcome>();
  const plans: Planned[] = [];
  for (const callId of new Set(callIds)) {
    const held = known.get(callId);
    const possible = held ? isPossible(held, change, writer, act.now) : err(notFound("task"));
    outcomes.set(callId, possible);
    if (held && possible.ok && possible.value.changed && held.task.state !== change.state)
      plans.push({ held, set: { ...changed(change, act.now), leaseUntil: 0, writer } });
  }
  const written = await write(deps, plans, act.now);
  for (const { held } of plans) if (!written.has(held.task.id)) outcomes.set(held.task.callId, err(AT_WORK));
  return outcomes;
}

function isPossible({ task, open }: Held, change: Closing, writer: string, now: number): Outcome {
  if (task.state === change.state) {
    // This very act closed it before it was interrupted.
    const isOwn = change.state === "closed" && task.writer === writer;
    return ok(isOwn ? { changed: true, before: { closedBy: writer, assigneeId: null } } : { changed: false });
  }
  if (task.state === "completed") return err(COMPLETED);
  // Somebody was given it, or opened it again, since rules looked at it.
  if (change.state === "closed" && change.reason === "not_sampled" && task.assignAt === null)
    return ok({ changed: false });
  if (change.state === "open") return ok({ changed: true });
  if (task.leaseUntil > now || open.some(({ state }) => state === "submitted")) return err(AT_WORK);
  return ok({ changed: true, before: { closedBy: writer, assigneeId: task.assigneeId } });
}

/**
 * Takes back that tasks were closed by an act: those that nobody opened since are open again, and given to whoever had them,
 * if they may still review them. Repeated after a crash it goes on where it was.
 */
export async function reopenClosed(
  deps: ReviewDeps,
  { callIds, before, ...within }: Within & { callIds: readonly string[]; before: ReadonlyMap<string, ClosedTask> },
  act: Act,
): Promise<Map<string, Outcome>> {
  const known = await readHeld(deps.db, within, callIds);
  const outcomes = new Map<string, Outcome>();
  const plans: Planned[] = [];
  const opened: string[] = [];
  for (const callId of new Set(callIds)) {
    const held = known.get(callId);
    const closedBy = before.get(callId)?.closedBy;
    const isStill = held?.task.state === "closed" && held.task.writer === closedBy;
    const isDone = closedBy !== undefined && held?.task.state === "open" && held.task.writer === undoOf(closedBy);
    if (isStill && closedBy !== undefined)
      plans.push({ held, set: { ...changed({ state: "open" }, act.now), leaseUntil: 0, writer: undoOf(closedBy) } });
    if (isDone && held.task.assigneeId === null && held.open.length === 0) opened.push(callId);
    outcomes.set(callId, held ? ok({ changed: isStill || isDone }) : err(notFound("task")));
  }
  const written = await write(deps, plans, act.now);
  for (const { held } of plans)
    if (written.has(held.task.id)) opened.push(held.task.callId);
    else outcomes.set(held.task.callId, err(AT_WORK));
  const ofSomebody = opened.filter((id) => before.get(id)?.assigneeId);
  for (const [reviewerId, ids] of Map.groupBy(ofSomebody, (id) => before.get(id)?.assigneeId ?? null))
    await assignCalls(deps, { ...within, callIds: ids, choice: { reviewerId } }, act);
  return outcomes;
}

/** The writer of a task that was opened because the act that closed it was taken back. */
function undoOf(writer: string): string {
  return `${writer}~`;
}

/** Rules look no more at what was closed or opened again: they would close what somebody wants reviewed. */
function changed(change: Closing, now: number): Partial<TaskRow> {
  const assignAt = null;
  if (change.state === "open") return { state: "open", closedReason: null, closedNote: null, closedAt: null, assignAt };
  const { reason: closedReason, note: closedNote } = change;
  const nobody = { assigneeId: null, reviewId: null, escalatedAt: null, assignAt };
  return { state: "closed", closedReason, closedNote, closedAt: now, ...nobody };
}

/** Writes the plans whose tasks are as they were read and nobody works at, and gives the ids of those tasks. */
async function write({ db, bucket, nudges }: ReviewDeps, plans: readonly Planned[], now: number): Promise<Set<string>> {
  if (plans.length === 0) return new Set();
  const ofTasks: RowWrite[] = [];
  const withdrawn: RowWrite[] = [];
  const streams: StreamFacts[] = [];
  for (const { held, set } of plans) {
    const { task, call } = held;
    const isWritten = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${task.id} AND writer = ${set.writer})`;
    ofTasks.push({
      write: sql`UPDATE ${tasks} SET ${assignments(tasks, set)}`,
      when: sql`${tasks.id} = ${task.id} AND ${tasks.state} = ${task.state} AND ${tasks.writer} IS ${task.writer} AND ${tasks.leaseUntil} <= ${now}`,
    });
    withdrawn.push({
      write: sql`UPDATE ${reviews} SET state = CASE state WHEN 'assigned' THEN 'withdrawn' ELSE 'lapsed' END`,
      when: sql`${reviews.callId} = ${task.callId} AND state IN ('assigned', 'in_progress') AND ${isWritten}`,
    });
    const stream = { id: call.id, organizationId: call.organizationId };
    const data = { task: snapshotTask({ ...task, ...set }), call: snapshotCall(call) };
    const type = set.state === "closed" ? ("task.closed" as const) : ("task.reopened" as const);
    const facts = await spillLarge(bucket, stream, [{ type, data }], now);
    streams.push({ stream, facts, guard: isWritten });
  }
  const results = await runBatch(db, [
    // Each of these asks what the one before has done.
    ...writeRows(db, ofTasks),
    ...writeRows(db, withdrawn),
    ...insertEvents(db, eventRows(streams, now)),
    db
      .select({ id: tasks.id, writer: tasks.writer })
      .from(tasks)
      .where(inArray(tasks.id, valueList(plans.map(({ held }) => held.task.id)))),
  ]);
  const after = (results.at(-1)?.results ?? []) as { id: string; writer: string | null }[];
  await nudges.events(streams.map(({ stream }) => ({ stream: stream.id, organizationId: stream.organizationId })));
  const writers = new Map(plans.map(({ held, set }) => [held.task.id, set.writer]));
  return new Set(after.filter(({ id, writer }) => writer === writers.get(id)).map(({ id }) => id));
}
