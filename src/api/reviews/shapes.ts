import { z } from "@hono/zod-openapi";
import { callSnapshot, exampleCall, exampleReview, exampleTask, reviewSnapshot, taskSnapshot } from "../../events";
import { toIso } from "../../lib/time";
import {
  answers,
  scorecardDefinition,
  shownAnswers,
  SKIP_REASONS,
  snapshotReview,
  snapshotTask,
  type ReadReview,
  type Taken,
} from "../../quality";
import { snapshotCall } from "../../calls";
import { exampleAttempt, exampleScore, score, viewScore } from "../scorecards/shapes";

const engineAnswer = z.object({
  value: z.union([z.string(), z.number()]).describe("As an answer has it."),
  engine: z.string().describe("Who answers: an engine by name, or `trunkline` where conditions were looked at."),
  quote: z.string().nullable().describe("What was said that it rests on."),
  at_seconds: z.number().nullable().describe("When, in seconds of the recording."),
  note: z.string().nullable().describe("The figure that it rests on."),
});

const detail = {
  note: z.string().nullable().describe("What was said when it was skipped or returned."),
  answers: answers.nullable().describe("As they were given last; null before the first."),
  result: score.nullable().describe("What the answers make, once it is submitted."),
  undo_until: z.iso.datetime().nullable().describe("Until when it can be taken back."),
  engine_answers: z
    .record(z.string(), engineAnswer)
    .describe(
      "What engines answered to linked criteria, by the id of the criterion. While you review, of those that you have answered, unless the campaign has them proposed.",
    ),
};

const exampleAnswers = {
  greeting: { value: "yes", na: false, comment: "", at_seconds: null },
  tone: { value: 3, na: false, comment: "Cut in twice.", at_seconds: 96 },
};

export const exampleReviewDetail = {
  ...exampleReview,
  note: null,
  answers: exampleAnswers,
  result: exampleScore,
  undo_until: "2026-08-20T15:06:22.000Z",
  engine_answers: {
    greeting: { value: "yes", engine: "trunkline", quote: "My name is Ana.", at_seconds: 2.4, note: null },
  },
};

export const reviewDetail = reviewSnapshot.extend(detail).openapi("ReviewDetail", { example: exampleReviewDetail });

export const exampleTaken = {
  review: {
    ...exampleReviewDetail,
    state: "in_progress" as const,
    score: null,
    uncapped_score: null,
    passed: null,
    submitted_at: null,
    completed_at: null,
    answers: null,
    result: null,
    undo_until: null,
    engine_answers: {},
  },
  task: exampleTask,
  call: exampleCall,
  definition: exampleAttempt.definition,
  lease_until: "2026-08-20T15:05:00.000Z",
  progress: { done: 11, waiting: 38, more: false },
};

export const takenReview = z
  .object({
    review: reviewDetail.describe("Your review."),
    task: taskSnapshot.describe("The task that it has."),
    call: callSnapshot.describe("The call to judge."),
    definition: scorecardDefinition.describe("What is asked."),
    lease_until: z.iso.datetime().describe("Until then nobody else is given the call. Each `PATCH` renews it."),
    progress: z
      .object({
        done: z.number().int().describe("Reviews that you submitted in the last twelve hours."),
        waiting: z
          .number()
          .int()
          .describe(
            "What waits for you in the queue; exact to 1,000, unless as many more wait that are not yours to take.",
          ),
        more: z.boolean().describe("Whether more waits than was counted."),
      })
      .describe("How far you are."),
  })
  .openapi("TakenReview", { example: exampleTaken });

export const takeRequest = z.strictObject({
  call_id: z
    .string()
    .max(200)
    .optional()
    .describe(
      "This call and no other: one that you were given, or have begun; with `reviews:assign` any that nobody is at.",
    ),
  campaign_id: z.string().max(200).optional().describe("Only calls of this campaign, by id or number."),
  after: z
    .string()
    .max(200)
    .optional()
    .describe("The review that you are at: you are given the one after it, to have it ready."),
});

export const draft = z.strictObject({
  answers: answers.optional().describe("All answers so far; without them the call is only kept."),
});

export const submission = z.strictObject({
  answers: answers.optional().describe("Instead of those that were stored before."),
});

const note = z.string().trim().max(2_000);

export const skipRequest = z.strictObject({
  reason: z
    .enum(SKIP_REASONS)
    .describe(
      "`audio`: it cannot be understood. `language`: not one of yours. `known_person`: you know who speaks. `not_mine`: not yours to judge.",
    ),
  note: note.optional().describe("More about it. `other` needs one."),
});

export const returnRequest = z.strictObject({ note: note.min(1).describe("What there is to be looked at.") });

export const assignRequest = z.strictObject({
  reviewer_id: z
    .string()
    .max(200)
    .nullable()
    .describe("The person, or the key, who alone is to review it; null for whoever takes it from the queue."),
  due_at: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .nullable()
    .optional()
    .openapi({ type: ["string", "null"] as never, format: "date-time" })
    .describe("Until when. Without it, it stays as it is."),
});

export function viewReview(row: ReadReview): z.infer<typeof reviewDetail> {
  return {
    ...snapshotReview(row),
    note: row.note,
    answers: row.answers as z.infer<typeof reviewDetail>["answers"],
    result: row.result && viewScore(row.result),
    undo_until: toIso(row.undoUntil),
    engine_answers: row.isWithheld === true ? {} : shownAnswers(row),
  };
}

export function viewTaken({ review, task, call, definition, progress }: Taken): z.infer<typeof takenReview> {
  return {
    review: viewReview(review),
    task: snapshotTask(task),
    call: snapshotCall(call),
    definition: definition as z.infer<typeof scorecardDefinition>,
    lease_until: toIso(task.leaseUntil),
    progress,
  };
}
