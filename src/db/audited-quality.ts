import { audited, type Audited } from "./audited-table";
import * as schema from "./schema";
import type { TableName } from "./table-name";

/** What the audit log has an entry of, of the tables of judging calls. */
export const AUDIT_OF_QUALITY = {
  // What a published version asks is kept in its own row for good, so an entry need not have it.
  scorecards: audited(schema.scorecards, "scorecard", {
    masked: ["definition"],
    ended: { column: "archived_at", verb: "archived" },
  }),
  // Who had which call to judge, and what became of it. What was answered is of the call, which may be erased.
  reviews: audited(schema.reviews, "review", {
    operations: ["insert", "update"],
    unattended: [],
    ignored: [
      "callId",
      "campaignId",
      "operatorId",
      "answers",
      "prefill",
      "result",
      "score",
      "passed",
      "note",
      "startedAt",
      "submittedAt",
      "undoUntil",
      "completedAt",
      "writer",
    ],
  }),
  // That somebody changed or deleted theirs is told by `edited_at`, or by the end of the row.
  reviewComments: audited(schema.reviewComments, "review_comment", {
    unattended: [],
    ignored: ["callId", "text", "mentions", "atSeconds", "parentId"],
  }),
  campaignActions: audited(schema.campaignActions, "post_call_actions", {
    id: "ROW.campaign_id",
    masked: ["secrets"],
    ignored: ["version", "updatedAt"],
  }),
  rules: audited(schema.rules, "rule", { ignored: ["version", "updatedAt"] }),
  // Who saw to which alert, and what they found. What it rests on was said in a call, which may be erased.
  alerts: audited(schema.alerts, "alert", {
    operations: ["update"],
    unattended: [],
    ignored: ["callId", "level", "score", "note", "fired", "raisedAt", "decidedBy", "decidedAt"],
  }),
  // Only that nobody is to review it, or somebody again. Who has it is told of its reviews.
  tasks: audited(schema.tasks, "task", {
    operations: ["update"],
    unattended: [],
    ended: { column: "closed_at", verb: "closed" },
    ignored: [
      "callId",
      "campaignId",
      "operatorId",
      "recordingId",
      "createdAt",
      "teamId",
      "teamName",
      "assigneeId",
      "place",
      "leaseUntil",
      "reviewId",
      "dueAt",
      "wanted",
      "escalatedAt",
      "closedNote",
      "closedAt",
      "assignAt",
      "blind",
      "writer",
    ],
  }),
} satisfies { [Name in TableName]?: Audited };
