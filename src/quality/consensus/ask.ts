import { and, eq, sql, type SQL } from "drizzle-orm";
import { snapshotCall, taskIdOf } from "../../calls";
import { changesOf, runBatch, type Database } from "../../db/client";
import { assignments, writeRow, writeRows, type RowWrite } from "../../db/rows";
import { consensuses, reviews, tasks, type OpinionSettings } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { eventRows, insertEvents, spillLarge, type NewEvent } from "../../events";
import { actorText, type Act, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { AT_WORK, CLOSED, readHeld, type Held } from "../reviews/assign";
import { named } from "../reviews/read";
import { snapshotReview, type ReviewRow } from "../reviews/rows";
import type { ReviewDeps } from "../reviews/take";
import { readTask, snapshotTask, type TaskRow } from "../tasks";
import { readOpinionsOf, type KnownOpinions } from "./known";
import { MOST_OPINIONS, openConsensus, snapshotConsensus, stillAt, USUAL_OPINIONS, type ConsensusRow } from "./rows";
import { COMPLETED_TASK, concluded, consensusRows, settle, WAITS_FOR_NEXT, type Settlement } from "./settle";

// What people do about the opinions of a call: ask for more, for fewer, and decide where reviewers are apart.

/** How many reviews of a call are wanted; what is left out is as it was, or as usual. */
export type OpinionChange = { wanted: number } & {
  [Key in keyof Omit<OpinionSettings, "wanted">]?: OpinionSettings[Key] | undefined;
};

/** What holds where reviewers are apart: what one of them found, or a score; and why. */
export type Decision = { reviewId: string; reason: string } | { score: number; reason: string };

type Outcome = Result<{ changed: boolean }, DomainError>;
type Target = Within & { id: string };

const CHANGED: DomainError = { kind: "conflict", message: "The call was reviewed at the same time. Read it again." };
const NOT_APART: DomainError = {
  kind: "conflict",
  message: "There is nothing to decide: its reviewers are not apart, or somebody is still to review it.",
};
const ENOUGH: DomainError = { kind: "conflict", message: `A call has at most ${MOST_OPINIONS} reviews.` };

const FOUND: DomainError = {
  kind: "conflict",
  message: "Its reviewers have come to something already. Who chooses reviewers can ask for one more.",
};

/** A call with its task, and what its reviewers found. */
type Group = Held & { known: KnownOpinions };

/**
 * Says how many people are to review the call of a task. More than have done so: it waits for the next one, also where it
 * was reviewed before. Not more: what they came to counts at once, but nobody who is at work on it is interrupted.
 */
export async function askOpinions(deps: ReviewDeps, target: Target, change: OpinionChange, act: Act): Promise<Outcome> {
  const found = await readGroup(deps.db, target);
  return found.ok ? askOf(deps, found.value, change, act) : found;
}

async function askOf(deps: ReviewDeps, group: Group, change: OpinionChange, act: Act): Promise<Outcome> {
  const { task, known, open } = group;
  if (task.state === "closed") return err(CLOSED);
  const asked = askedOf(group, change);
  const blind = change.blind ?? (task.wanted > 1 ? task.blind : USUAL_OPINIONS.blind);
  if (isAsked(group, asked, blind)) return ok({ changed: false });
  const waits = known.done.length < asked.wanted;
  const isAtWork = task.leaseUntil > act.now || open.some(({ state }) => state === "submitted");
  if (isAtWork && !waits) return err(AT_WORK);
  const writer = newId("wrt", act.now);
  // It never needs fewer than it has: what several came to stays what several came to.
  const needed = { ...task, wanted: Math.max(asked.wanted, known.done.length), blind };
  const wants = { wanted: needed.wanted, blind };
  const consensus: ConsensusRow = {
    ...openConsensus(task, asked, { askedBy: actorText(act.actor), writer, now: act.now }),
    ...(known.consensus && { createdAt: known.consensus.createdAt }),
  };
  if (needed.wanted === 1) return write(deps, group, { ...onlyOne(group, act), consensus: null, writer }, act);
  if (waits) {
    const reopened = task.state === "open" && task.escalatedAt === null ? {} : WAITS_FOR_NEXT;
    const set = { ...wants, ...reopened };
    return write(deps, group, { consensus, task: set, events: reopening(group, set), writer }, act);
  }
  // Whoever says that these are enough wants no other one: where they are apart, somebody decides.
  const enough = { ...consensus, whenApart: "escalate" as const };
  const judged = { ...group, ...known, task: needed, consensus: enough, passPercent: known.passPercent ?? 0 };
  const settlement = settle(judged, { writer, now: act.now });
  const settled = { ...settlement.consensus, whenApart: consensus.whenApart };
  return write(deps, group, { ...settlement, consensus: settled, task: { ...wants, ...settlement.task }, writer }, act);
}

/**
 * Asks for one more review of a call, by somebody who reviews it, or has done so. What several came to already, or somebody
 * decided, only those who choose reviewers open again.
 */
export async function askSecondOpinion(deps: ReviewDeps, { id, ...within }: Target, act: Act): Promise<Outcome> {
  const review = await deps.db
    .select({ callId: reviews.callId })
    .from(reviews)
    .where(
      and(
        named(within.organizationId, id),
        eq(reviews.reviewerId, actorText(act.actor)),
        sql`${reviews.state} IN ('in_progress', 'submitted', 'completed')`,
      ),
    )
    .get();
  if (!review) return err(notFound("review"));
  const found = await readGroup(deps.db, { ...within, id: taskIdOf(review.callId) });
  if (!found.ok) return err(notFound("review"));
  const { task, known } = found.value;
  if (known.consensus !== null && known.consensus.state !== "open") return err(FOUND);
  if (task.wanted >= MOST_OPINIONS) return err(ENOUGH);
  return askOf(deps, found.value, { wanted: task.wanted + 1 }, act);
}

/** Decides what holds of a call whose reviewers are apart. */
export async function decideOpinions(deps: ReviewDeps, target: Target, decision: Decision, act: Act): Promise<Outcome> {
  const found = await readGroup(deps.db, target);
  if (!found.ok) return found;
  const group = found.value;
  const { task, known, open } = group;
  const { consensus: before, done } = known;
  // Also where it is handed up no more, because it was closed, or given to somebody, and then back.
  if (before?.state !== "apart" || task.state !== "open" || open.length > 0) return err(NOT_APART);
  const chosen = "reviewId" in decision ? done.find(({ id }) => id === decision.reviewId) : undefined;
  if ("reviewId" in decision && !chosen) return err(invalid("review_id", "names no completed review of the call"));
  const passPercent = known.passPercent ?? 0;
  const holds =
    "score" in decision
      ? { score: decision.score, passed: decision.score >= passPercent }
      : { score: chosen?.score ?? null, passed: chosen?.passed ?? null, reviewIds: [decision.reviewId] };
  const writer = newId("wrt", act.now);
  const { reason } = decision;
  const decided = { decidedAt: act.now, decidedBy: actorText(act.actor), reason, writer };
  const consensus: ConsensusRow = { ...before, ...holds, state: "decided", ...decided };
  const settlement = concluded({ ...group, ...known, passPercent }, consensus, "review.decided");
  return write(deps, group, { ...settlement, writer }, act);
}

async function readGroup(db: Database, { id, ...within }: Target): Promise<Result<Group, DomainError>> {
  const task = await readTask(db, { ...within, id });
  if (!task.ok) return task;
  const { callId } = task.value;
  const [held, known] = await Promise.all([
    readHeld(db, within, [callId]),
    readOpinionsOf(db, within.organizationId, [task.value]),
  ]);
  const [ofCall, opinions] = [held.get(callId), known.get(callId)];
  return ofCall && opinions ? ok({ ...ofCall, known: opinions }) : err(notFound("task"));
}

function askedOf({ known }: Group, change: OpinionChange): Omit<OpinionSettings, "blind"> {
  const { maxSpread, rule, whenApart } = known.consensus ?? known.asked;
  return {
    wanted: change.wanted,
    maxSpread: change.maxSpread ?? maxSpread,
    rule: change.rule ?? rule,
    whenApart: change.whenApart ?? whenApart,
  };
}

/** Whether it is so already. One that waits for one more than was asked for is looked at anew. */
function isAsked({ task, known }: Group, asked: Omit<OpinionSettings, "blind">, blind: boolean): boolean {
  if (task.wanted === 1 && asked.wanted === 1) return true;
  const { wanted, maxSpread, rule, whenApart } = known.consensus ?? known.asked;
  const isSo =
    asked.wanted === wanted &&
    asked.maxSpread === maxSpread &&
    asked.rule === rule &&
    asked.whenApart === whenApart &&
    blind === task.blind;
  return isSo && task.wanted === Math.max(asked.wanted, known.done.length);
}

/** One review is enough again: where it is there, the call is done, and it counts as if there had never been more. */
function onlyOne({ task, call, known }: Group, act: Act): Pick<Settlement, "task" | "events"> {
  const wants = { wanted: 1, blind: false };
  const [only] = known.done;
  if (!only) return { task: wants, events: [] };
  const set = { ...wants, ...COMPLETED_TASK, escalatedAt: null, assignAt: null };
  const told = { task: snapshotTask({ ...task, ...set }), call: snapshotCall(call) };
  const review = snapshotReview(only);
  // What it found was in no event while others were to review the call blind.
  const consensus = snapshotConsensus(agreedAlone(only, { task, known }, act), task);
  const events: NewEvent[] = [{ type: "review.consensus_reached", data: { consensus, reviews: [review], ...told } }];
  if (only.passed === false)
    events.push({ type: "quality.threshold_breach", data: { review, ...told, threshold: known.passPercent ?? 0 } });
  return { task: set, events };
}

/** What a call came to of which one review is enough, as an event tells it. */
function agreedAlone(
  only: ReviewRow,
  { task, known }: Pick<Group, "task" | "known">,
  { actor, now }: Act,
): ConsensusRow {
  const asked = known.consensus ?? openConsensus(task, known.asked, { askedBy: actorText(actor), writer: "", now });
  const { score, passed, id } = only;
  const found = { score, passed, spread: score === null ? null : 0, reviewIds: [id], differing: [] };
  return { ...asked, ...found, state: "reached", wanted: 1, decidedAt: now, decidedBy: null, reason: null };
}

function reopening({ task, call }: Group, set: Partial<TaskRow>): NewEvent[] {
  if (task.state === "open") return [];
  return [{ type: "task.reopened", data: { task: snapshotTask({ ...task, ...set }), call: snapshotCall(call) } }];
}

type Planned = Omit<Settlement, "consensus"> & { consensus: ConsensusRow | null; writer: string };

/** Writes what was planned, if all of it is as it was read. Who was given the call has it no more where it is done. */
async function write(
  { db, bucket, nudges }: ReviewDeps,
  { task, call, known }: Group,
  { consensus, task: set, events, writer }: Planned,
  { now }: Act,
): Promise<Outcome> {
  const isSame = sql`${tasks.state} = ${task.state} AND ${tasks.wanted} = ${task.wanted}
    AND ${tasks.leaseUntil} = ${task.leaseUntil} AND ${tasks.reviewId} IS ${task.reviewId}
    AND (SELECT count(*) FROM ${reviews} AS done WHERE done.call_id = ${task.callId} AND done.state = 'completed')
      = ${known.done.length} AND ${stillAt(task, known.consensus?.writer ?? null)}`;
  const isWritten = sql`EXISTS (SELECT 1 FROM ${tasks} WHERE id = ${task.id} AND writer = ${writer})`;
  const moved: RowWrite = {
    write: sql`UPDATE ${tasks} SET ${assignments(tasks, { ...set, writer })}`,
    when: sql`${tasks.id} = ${task.id} AND ${isSame}`,
  };
  const stream = { id: call.id, organizationId: call.organizationId };
  const facts = await spillLarge(bucket, stream, events, now);
  const [written] = await runBatch(db, [
    writeRow(db, moved),
    ...(consensus ? writeRows(db, consensusRows({ consensus, task: set, events }, task, isWritten)) : []),
    ...(consensus ? [] : [db.run(forgetting(task, isWritten))]),
    ...(set.state === undefined ? [] : [db.run(withdrawal(task, isWritten))]),
    ...insertEvents(db, eventRows([{ stream, facts, guard: isWritten }], now)),
  ]);
  if (changesOf(written) === 0) return err(CHANGED);
  if (events.length > 0) await nudges.events([{ stream: stream.id, organizationId: stream.organizationId }]);
  return ok({ changed: true });
}

function forgetting({ organizationId, callId }: TaskRow, guard: SQL): SQL {
  return sql`DELETE FROM ${consensuses} WHERE organization_id = ${organizationId} AND call_id = ${callId} AND ${guard}`;
}

function withdrawal({ callId }: TaskRow, guard: SQL): SQL {
  return sql`UPDATE ${reviews} SET state = CASE state WHEN 'assigned' THEN 'withdrawn' ELSE 'lapsed' END
    WHERE call_id = ${callId} AND state IN ('assigned', 'in_progress') AND ${guard}`;
}
