import { and, inArray, sql, type SQL } from "drizzle-orm";
import { taskIdOf } from "../../calls";
import { reviews } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { ReviewSnapshot } from "../../events";
import type { Reach } from "../../identity";
import { toIso } from "../../lib/time";
import { overridesOf, prefillOf } from "../prefill/kept";
import type { Answers, Score } from "../scorecards";

type Row = typeof reviews.$inferSelect;

/** A review as it is stored. `answers` and `result` were checked when they were written. */
export type ReviewRow = Omit<Row, "answers" | "result"> & { answers: Answers | null; result: Score | null };
export type ReviewState = Row["state"];

/** A review that its reviewer may still work at. */
export const OPEN_STATES = ["assigned", "in_progress", "submitted"] as const satisfies readonly ReviewState[];

/** SQL that is true for open reviews, in the words of their partial index: SQLite takes it for no others. */
export const isOpenReview = sql.raw(`state IN ('assigned', 'in_progress', 'submitted')`);

export function reviewOf(row: Row): ReviewRow {
  return { ...row, answers: row.answers as Answers | null, result: row.result as Score | null };
}

/** SQL that is true for the reviews within a reach; undefined where it has no limit. */
export function reviewsWithin({ campaigns, operators }: Reach): SQL | undefined {
  return and(
    campaigns === null ? undefined : inArray(reviews.campaignId, valueList(campaigns)),
    operators === null ? undefined : inArray(reviews.operatorId, valueList(operators)),
  );
}

/** A review as somebody reads it: what it found may be kept back from them. */
export type ReadReview = ReviewRow & { isWithheld?: boolean };

/** A review without what its reviewer found, for those who are not to know it yet. */
export function withheld(row: ReviewRow): ReadReview {
  const found = { answers: null, prefill: null, result: null, score: null, passed: null, note: null };
  return { ...row, ...found, isWithheld: true };
}

/** The public shape of a review, for events and the API. What was answered is not in it. */
export function snapshotReview(row: ReadReview): ReviewSnapshot {
  const { result } = row;
  const isSubmitted = row.submittedAt !== null;
  const overrides = isSubmitted ? overridesOf(prefillOf(row), row.answers) : [];
  return {
    id: row.id,
    task_id: taskIdOf(row.callId),
    call_id: row.callId,
    campaign_id: row.campaignId,
    operator_id: row.operatorId,
    reviewer_id: row.reviewerId,
    state: row.state,
    scorecard:
      row.scorecardId === null || row.scorecardVersion === null
        ? null
        : { id: row.scorecardId, version: row.scorecardVersion },
    score: row.score,
    uncapped_score: result?.uncapped ?? null,
    passed: row.passed,
    auto_failed: result?.autoFailed ?? [],
    critical_failed: result?.criticalFailed ?? [],
    reason: row.reason,
    due_at: toIso(row.dueAt),
    assigned_at: toIso(row.assignedAt),
    started_at: toIso(row.startedAt),
    submitted_at: toIso(row.submittedAt),
    completed_at: toIso(row.completedAt),
    ...(row.isWithheld === true && { withheld: true as const }),
    ...(isSubmitted && overrides.length > 0 && { overrides }),
  };
}
