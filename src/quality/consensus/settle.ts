import { sql, type SQL } from "drizzle-orm";
import { snapshotCall, type CallHead } from "../../calls";
import { insertRow, assignments, type RowWrite } from "../../db/rows";
import { consensuses, tasks, type OpinionSettings } from "../../db/schema";
import type { NewEvent } from "../../events";
import { noteCause } from "../../identity";
import { snapshotReview, withheld, type ReviewRow } from "../reviews/rows";
import { HANDED_ON, snapshotTask, type TaskRow } from "../tasks";
import { agreementOf } from "./agree";
import { MOST_OPINIONS, NOTHING_FOUND, openConsensus, snapshotConsensus, type ConsensusRow } from "./rows";

// What becomes of a call when one of several reviews of it is done: the next reviewer, a consensus, or somebody who decides.

/** A call with all that its completed reviews are judged by. */
export type Group = {
  task: TaskRow;
  call: CallHead;
  consensus: ConsensusRow | null;
  /** The completed reviews, by different people; the newest is the last. */
  done: readonly ReviewRow[];
  /** How they are judged where there is no consensus yet. */
  asked: Omit<OpinionSettings, "blind">;
  passPercent: number;
};

/** What is to be written of the call, and told after what each review tells of itself. */
export type Settlement = { consensus: ConsensusRow; task: Partial<TaskRow>; events: NewEvent[] };

/** What a task is when it waits for one more reviewer. */
export const WAITS_FOR_NEXT = {
  state: "open",
  leaseUntil: 0,
  assigneeId: null,
  reviewId: null,
  escalatedAt: null,
  assignAt: HANDED_ON,
} as const satisfies Partial<TaskRow>;

/** What becomes of a call by the reviews that are done. `writer`: of the consensus, when it is written. */
export function settle(group: Group, { writer, now }: { writer: string; now: number }): Settlement {
  const { task, done, asked, passPercent } = group;
  const before = group.consensus ?? openConsensus(task, asked, { askedBy: "system", writer, now });
  const reset = { ...before, ...NOTHING_FOUND, state: "open" as const, writer };
  if (done.length < task.wanted) return { consensus: reset, task: WAITS_FOR_NEXT, events: [] };
  const agreement = agreementOf(done, { ...before, passPercent });
  const { isReached, ...found } = agreement;
  if (isReached) {
    const reached = { ...reset, ...found, state: "reached" as const, decidedAt: now };
    return concluded(group, reached, "review.consensus_reached");
  }
  if (before.whenApart === "another" && done.length <= before.wanted && done.length < MOST_OPINIONS)
    return { consensus: reset, task: { ...WAITS_FOR_NEXT, wanted: done.length + 1 }, events: [] };
  const apart = { ...reset, ...found, state: "apart" as const };
  const escalated = { ...WAITS_FOR_NEXT, escalatedAt: now, assignAt: null };
  return { consensus: apart, task: escalated, events: escalation(group, apart, escalated) };
}

/** A call whose consensus is reached or was decided: its task is done, and it is told what the call came to. */
export function concluded(
  { task, call, done, passPercent }: Group,
  consensus: ConsensusRow,
  type: "review.consensus_reached" | "review.decided",
): Settlement {
  const completed = { ...COMPLETED_TASK, escalatedAt: null, assignAt: null };
  const after = { ...task, ...completed };
  const told = {
    consensus: snapshotConsensus(consensus, task),
    task: snapshotTask(after),
    call: snapshotCall(call),
  };
  const events: NewEvent[] = [{ type, data: { ...told, reviews: done.map((one) => snapshotReview(one)) } }];
  const [lowest] = done
    .filter(({ id }) => consensus.reviewIds?.includes(id) ?? true)
    .toSorted((one, other) => (one.score ?? 0) - (other.score ?? 0));
  if (consensus.passed === false && lowest)
    events.push({
      type: "quality.threshold_breach",
      data: { ...told, review: snapshotReview(lowest), threshold: passPercent },
    });
  return { consensus, task: completed, events };
}

/** What a task is after its last review. */
export const COMPLETED_TASK = { state: "completed", leaseUntil: 0 } as const;

function escalation({ task, call, done }: Group, consensus: ConsensusRow, set: Partial<TaskRow>): NewEvent[] {
  const last = done.at(-1);
  if (!last) return [];
  const after = { ...task, ...set };
  // Somebody may still be chosen to review it.
  const data = {
    review: snapshotReview(task.blind ? withheld(last) : last),
    task: snapshotTask(after),
    call: snapshotCall(call),
    consensus: snapshotConsensus(consensus, task, task.blind),
  };
  return [{ type: "review.escalated", data }];
}

/** The write of the task of a settlement, where `guard` is true. */
export function taskRow({ task }: Pick<Settlement, "task">, { id }: Pick<TaskRow, "id">, guard: SQL): RowWrite {
  return { write: sql`UPDATE ${tasks} SET ${assignments(tasks, task)}`, when: sql`${tasks.id} = ${id} AND ${guard}` };
}

/**
 * The writes of what a call came to, where `guard` is true: and that those who may decide are notified, once each time it
 * comes to that.
 */
export function consensusRows({ consensus, task }: Settlement, of: TaskRow, guard: SQL): RowWrite[] {
  const row = insertRow(consensuses, consensus, guard, ON_CONFLICT);
  return consensus.state === "apart" ? [row, noteApart(of, task.escalatedAt ?? 0, guard)] : [row];
}

function noteApart({ organizationId, id: subjectId, campaignId, operatorId }: TaskRow, at: number, guard: SQL) {
  const where = { organizationId, campaignId, operatorId, teamId: null };
  return noteCause({ ...where, kind: "opinions_apart", subjectId, createdAt: at }, guard, at);
}

const CHANGING = [
  "state",
  "wanted",
  "max_spread",
  "rule",
  "when_apart",
  "asked_by",
  "spread",
  "score",
  "passed",
  "review_ids",
  "differing",
  "decided_at",
  "decided_by",
  "reason",
  "writer",
];

const ON_CONFLICT = sql.raw(
  `ON CONFLICT DO UPDATE SET ${CHANGING.map((name) => `${name} = excluded.${name}`).join(", ")}`,
);
