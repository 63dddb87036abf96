import { z } from "@hono/zod-openapi";
import { MICROS } from "../../analysis";
import { ACTIONS, MAX_SELECTED, type Estimate, type JobResult, type JobRow } from "../../bulk";
import type { DomainError } from "../../errors";
import { callSnapshot } from "../../events";
import { actorText, type Actor } from "../../identity";
import { toIso } from "../../lib/time";
import { alertChanges } from "../alerts/shapes";
import { askedModel } from "../asked-model";
import { tagName, tagNames } from "../calls/tags";
import { verdictQuery } from "../calls/verdict";
import { condition, MOST_CONDITIONS } from "../search-conditions";
import { moment } from "../shapes";
import { taskStateRequest } from "../task-state";

const id = z.string().max(200);

const grade = z.number().int().min(0).max(100);

/** The same filters as the list of calls has, and what the search index knows. */
const filter = z
  .strictObject({
    state: callSnapshot.shape.state.optional(),
    campaign_id: id.optional().describe("The campaign, by id or number."),
    operator_id: id.optional(),
    team_id: id.optional().describe("The team that has or had the task of the call."),
    direction: callSnapshot.shape.direction.unwrap().optional(),
    tag: tagName.optional(),
    quarantine: z.boolean().optional().describe("Whether the call is in quarantine."),
    from: moment.optional(),
    to: moment.optional(),
    number: z.string().min(1).max(100).optional().describe("Either party, as the platform wrote it or in E.164."),
    search: z.string().trim().min(1).max(100).optional().describe("The last digits of a number, or part of a name."),
    q: z.string().trim().min(1).max(300).optional().describe("What `GET /v1/search` finds by this."),
    topic: z.string().trim().min(1).max(60).optional().describe("A topic that an engine named."),
    risk_min: grade.optional().describe("This risk or more, found as at `GET /v1/search`."),
    risk_max: grade.optional().describe("This risk or less."),
    ...verdictQuery,
    score: z.array(condition).min(1).max(MOST_CONDITIONS).optional().describe("Conditions on scores: `Stress>=20`."),
  })
  .refine(
    ({ number, search, ...rest }) =>
      (number ?? search) === undefined ||
      (rest.q ?? rest.topic ?? rest.risk_min ?? rest.risk_max ?? rest.score) === undefined,
    { path: ["q"], message: "does not go with number or search, nor do risk and scores" },
  )
  .openapi("BulkFilter", { example: { campaign_id: "7", from: "2026-08-01T00:00:00Z" } });

const selection = {
  calls: z.array(id).min(1).max(MAX_SELECTED).optional().describe("The ids of the calls."),
  filter: filter
    .optional()
    .describe("Instead of ids: every call that the list of calls, or the search, finds by these."),
  dry_run: z.boolean().default(false).describe("Counts the calls and does nothing."),
};

const exampleId = "call_3v5g8k2m9q4t7w0y1z6x3c8b5n";

export const bulkRequest = z
  .discriminatedUnion("action", [
    z.strictObject({ action: z.literal("tag"), tags: tagNames.describe("The tags to add."), ...selection }),
    z.strictObject({ action: z.literal("untag"), tags: tagNames.describe("The tags to take off."), ...selection }),
    z.strictObject({
      action: z.literal("move"),
      campaign_id: id
        .nullable()
        .describe("The campaign to move to, by id or number; null moves them back to the calls that wait for one."),
      ...selection,
    }),
    z.strictObject({
      action: z.literal("replay"),
      endpoint_id: id.optional().describe("Default: every active endpoint."),
      ...selection,
    }),
    z.strictObject({
      action: z.literal("analyse"),
      engine: z
        .string()
        .min(1)
        .max(40)
        .describe(
          "The engine that hears the recordings again, by its name. `trunkline-acoustic` measures again those that an earlier version of it measured.",
        ),
      model: askedModel,
      ...selection,
    }),
    z.strictObject({
      action: z.literal("assign"),
      reviewer_id: id
        .nullable()
        .describe("The person, or the key, who alone is to review them; null for whoever takes them from the queue."),
      due_at: moment.nullable().optional().describe("Until when. Without it, it stays as it is."),
      ...selection,
    }),
    taskStateRequest
      .extend({ action: z.literal("state"), ...selection })
      .describe("Closes the tasks of the calls without a review, or opens them again."),
    alertChanges
      .extend({ action: z.literal("alert"), ...selection })
      .describe("Gives the alerts of the calls to somebody, decides them, or opens them again.")
      // Not that of one alert, which it would have otherwise: it says no action.
      .openapi({ example: { action: "alert", state: "false_alarm", reason: "expected", calls: [exampleId] } }),
    z.strictObject({ action: z.literal("erase"), ...selection }).describe("Erases the calls for good."),
  ])
  .openapi("BulkRequest", { example: { action: "tag", tags: ["renewal"], calls: [exampleId], dry_run: false } });

export type BulkInput = z.infer<typeof bulkRequest>;

const result = z
  .object({
    id: z.string().describe("The id of the call."),
    status: z.number().int().describe("The status that the same act on this call alone would be answered with."),
    changed: z.boolean().describe("Whether anything was changed, or is being changed now."),
    error: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .describe("Why nothing could be done; null where it was."),
  })
  .openapi("BulkResult", { example: { id: exampleId, status: 200, changed: true, error: null } });

export { result as bulkResult };

export const bulkOutcome = z
  .object({
    matched: z.number().int().describe("How many calls it concerns."),
    more: z.boolean().describe("Whether there are more than were counted."),
    changed: z.number().int().describe("How many were changed."),
    failed: z.number().int().describe("For how many nothing could be done."),
    results: z.array(result).describe("Call by call, in the order of the request; empty for a dry run."),
    estimate: z
      .object({
        calls: z.number().int().describe("How many of the calls have a recording that can be heard again."),
        minutes: z.number().nonnegative().describe("Of their recordings."),
        speech_minutes: z.number().nonnegative().describe("Of speech, in all of their channels."),
        dollars: z
          .number()
          .nonnegative()
          .describe("What the engine is expected to cost, at the price it is entered with."),
        more: z.boolean().describe("Whether there are more calls than the 1,000 that were looked at."),
      })
      .nullable()
      .describe("What `analyse` is expected to cost: of its dry run; null otherwise."),
  })
  .openapi("BulkOutcome", {
    example: {
      matched: 1,
      more: false,
      changed: 1,
      failed: 0,
      results: [{ id: exampleId, status: 200, changed: true, error: null }],
      estimate: null,
    },
  });

const FREE = { micros: 0 };

export function viewEstimate(
  { prices, soundMs, speechMs, calls, more }: Estimate,
  { engine, model }: { engine: string; model?: string | undefined },
) {
  const minutes = (ms: number) => Math.round(ms / 600) / 100;
  const own = prices.filter((one) => one.engine === engine);
  // The model that an engine is set to may be named too.
  const { micros } = own.find((one) => one.model === (model ?? null)) ?? own.find((one) => one.model === null) ?? FREE;
  const dollars = micros / MICROS;
  return { calls, minutes: minutes(soundMs), speech_minutes: minutes(speechMs), dollars, more };
}

export const job = z
  .object({
    id: z.string(),
    action: z.enum(ACTIONS).describe("What is done to each call."),
    state: z.enum(["open", "completed", "cancelled", "failed"]),
    reason: z
      .string()
      .nullable()
      .describe("Why it failed: `permission_missing`, if whoever began it may not do it now, or `interrupted`."),
    total: z.number().int().nullable().describe("How many calls it concerns; null until a filter has found the last."),
    done: z.number().int().describe("How many calls it has come to."),
    changed: z.number().int().describe("How many of them were changed."),
    failed: z.number().int().describe("For how many of them nothing could be done."),
    created_by: z.string().describe("Who began it: the id of a person or a key."),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .openapi("Job", {
    example: {
      id: "job_01k3a7w8q0m4x2c9v5b6n7p8r1",
      action: "tag",
      state: "open",
      reason: null,
      total: 800,
      done: 300,
      changed: 296,
      failed: 1,
      created_by: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
      created_at: "2026-08-20T14:03:12.000Z",
      ended_at: null,
    },
  });

export function viewJob(row: JobRow): z.infer<typeof job> {
  return {
    id: row.id,
    action: row.action as (typeof ACTIONS)[number],
    state: row.state,
    reason: row.reason,
    total: row.total,
    done: row.done,
    changed: row.changed,
    failed: row.failed,
    created_by: actorText(row.actor as Actor),
    created_at: toIso(row.createdAt),
    ended_at: toIso(row.endedAt),
  };
}

const STATUSES: Record<DomainError["kind"], number> = {
  not_found: 404,
  invalid: 422,
  conflict: 409,
  unauthenticated: 401,
  forbidden: 403,
  permission_missing: 403,
  confirmation_required: 403,
  second_factor_required: 403,
  too_many: 429,
};

export function viewResult(one: JobResult): z.infer<typeof result> {
  if (!("error" in one)) return { id: one.id, status: 200, changed: one.changed, error: null };
  const { error } = one;
  const shown = { code: error.kind, message: messageOf(error) };
  return { id: one.id, status: STATUSES[error.kind], changed: false, error: shown };
}

function messageOf(error: DomainError): string {
  switch (error.kind) {
    case "not_found":
      return `There is no such ${error.what}.`;
    case "invalid":
      return error.fields.map(({ field, message }) => `${field}: ${message}`).join("; ");
    case "permission_missing":
      return `The permission ${error.permission} is missing.`;
    case "confirmation_required":
    case "second_factor_required":
      return "You have to prove first who you are.";
    default:
      return error.message;
  }
}
